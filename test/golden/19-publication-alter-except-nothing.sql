-- Change publication orders_pub

-- 1. Have publication orders_pub publish all tables and all sequences, on shop
ALTER PUBLICATION "orders_pub" SET ALL TABLES, ALL SEQUENCES;
-- undo: ALTER PUBLICATION "orders_pub" SET ALL TABLES EXCEPT (TABLE "public"."orders"), ALL SEQUENCES;

-- orders_sub (warehouse) must be refreshed to follow public.orders: until then changes aren’t applied there, and where the table is missing, the subscription stops at the first change.
