-- Rename publication orders_pub to it"s

-- 1. Rename publication orders_pub to it"s, on shop
-- risk: lossy
-- orders_sub (warehouse) reads it under the name orders_pub. After the rename the subscription stops with an error until it is told the new name (ALTER SUBSCRIPTION … SET PUBLICATION). Let it catch up first: what was written before the rename can be read only under the old name.
ALTER PUBLICATION "orders_pub" RENAME TO "it""s";
-- undo: ALTER PUBLICATION "it""s" RENAME TO "orders_pub";
