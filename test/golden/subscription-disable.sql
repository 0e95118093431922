-- Disable subscription orders_sub

-- 1. Disable subscription orders_sub, on shop
ALTER SUBSCRIPTION "orders_sub" DISABLE;
-- undo: ALTER SUBSCRIPTION "orders_sub" ENABLE;

-- While it is disabled, the publisher keeps all WAL for the replication slot orders_sub.
