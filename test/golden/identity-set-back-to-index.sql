-- Set the replica identity of 2 tables

-- 1. Set the replica identity of public.kept to USING INDEX "other", on shop
-- waits 15 s at most
ALTER TABLE "public"."kept" REPLICA IDENTITY USING INDEX "other";
-- undo: ALTER TABLE "public"."kept" REPLICA IDENTITY USING INDEX "by ""name""";

-- 2. Set the replica identity of public.orders to USING INDEX "orders_key", on shop
-- waits 15 s at most
ALTER TABLE "public"."orders" REPLICA IDENTITY USING INDEX "orders_key";
-- undo: ALTER TABLE "public"."orders" REPLICA IDENTITY DEFAULT;
