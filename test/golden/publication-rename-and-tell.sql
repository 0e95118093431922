-- Change publication orders_pub

-- 1. Rename publication orders_pub to sales_pub, on shop
-- risk: lossy
-- orders_sub (warehouse) reads it under the name orders_pub. After the rename the subscription stops with an error until it is told the new name (ALTER SUBSCRIPTION … SET PUBLICATION). Let it catch up first: what was written before the rename can be read only under the old name.
ALTER PUBLICATION "orders_pub" RENAME TO "sales_pub";
-- undo: ALTER PUBLICATION "sales_pub" RENAME TO "orders_pub";

-- 2. Have subscription orders_sub read publication sales_pub instead of orders_pub, on warehouse, not in a transaction
-- waits 60 s at most
ALTER SUBSCRIPTION "orders_sub" SET PUBLICATION "sales_pub" WITH (copy_data = false);
-- undo: ALTER SUBSCRIPTION "orders_sub" SET PUBLICATION "orders_pub" WITH (refresh = false);
