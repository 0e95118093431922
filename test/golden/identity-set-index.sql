-- Set the replica identity of public.orders

-- 1. Set the replica identity of public.orders to USING INDEX "a""b", on shop
-- waits 15 s at most
ALTER TABLE "public"."orders" REPLICA IDENTITY USING INDEX "a""b";
-- undo: ALTER TABLE "public"."orders" REPLICA IDENTITY DEFAULT;
