-- Set the replica identity of public.orders

-- 1. Set the replica identity of public.orders to NOTHING, on shop
-- risk: lossy
-- public.orders is published: UPDATE and DELETE on it fail from then on where they are published.
-- waits 15 s at most
ALTER TABLE "public"."orders" REPLICA IDENTITY NOTHING;
-- undo: ALTER TABLE "public"."orders" REPLICA IDENTITY DEFAULT;
