-- Add public.events to publication orders_pub

-- 1. Add public.events to publication orders_pub, on shop
ALTER PUBLICATION "orders_pub" ADD TABLE "public"."events";
-- undo: ALTER PUBLICATION "orders_pub" DROP TABLE "public"."events";

-- 2. Refresh subscription orders_sub, on warehouse, not in a transaction
-- waits 60 s at most
ALTER SUBSCRIPTION "orders_sub" REFRESH PUBLICATION;
-- undo: ALTER SUBSCRIPTION "orders_sub" REFRESH PUBLICATION WITH (copy_data = false);

-- warehouse has no table public.events: create it there first. Otherwise the refresh fails, and orders_sub stops at the first change.
-- Tables that are new in the publications are copied, then followed.
-- Tables that are no longer in the publications are no longer followed; their rows stay on warehouse.
-- Any other subscription that reads it must be refreshed to follow public.events: until then changes aren’t applied there, and where the table is missing, the subscription stops at the first change.
