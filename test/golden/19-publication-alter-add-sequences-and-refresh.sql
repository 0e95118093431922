-- Change publication orders_pub

-- 1. Have publication orders_pub publish all tables and all sequences, on shop
ALTER PUBLICATION "orders_pub" SET ALL TABLES, ALL SEQUENCES;
-- undo: ALTER PUBLICATION "orders_pub" SET ALL TABLES;

-- 2. Refresh subscription orders_sub, on warehouse, not in a transaction
-- waits 60 s at most
ALTER SUBSCRIPTION "orders_sub" REFRESH PUBLICATION;
-- undo: ALTER SUBSCRIPTION "orders_sub" REFRESH PUBLICATION WITH (copy_data = false);

-- Tables that are new in the publications are copied, then followed.
-- Tables that are no longer in the publications are no longer followed; their rows stay on warehouse.
-- Any other subscription that reads it must be refreshed to take over which sequences are published.
