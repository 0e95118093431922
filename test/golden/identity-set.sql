-- Set the replica identity of 3 tables

-- 1. Set the replica identity of public.orders to FULL, on shop
-- waits 15 s at most
ALTER TABLE "public"."orders" REPLICA IDENTITY FULL;
-- undo: ALTER TABLE "public"."orders" REPLICA IDENTITY DEFAULT;

-- 2. Set the replica identity of public.customers to FULL, on shop
-- waits 15 s at most
ALTER TABLE "public"."customers" REPLICA IDENTITY FULL;

-- 3. Set the replica identity of public."a.b" to FULL, on shop
-- waits 15 s at most
ALTER TABLE "public"."a.b" REPLICA IDENTITY FULL;
-- undo: ALTER TABLE "public"."a.b" REPLICA IDENTITY NOTHING;

-- With FULL the old row is written to the WAL as a whole, and a subscriber without a fitting index looks for it through the whole table.
-- The partitions of public."a.b" keep their own replica identity, and theirs is the one that counts.
-- As a whole this can’t be undone. The index that was its identity isn’t there any more.
