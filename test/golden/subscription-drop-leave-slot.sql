-- Drop subscription orders_sub and leave its slot

-- 1. Disable subscription orders_sub, on shop
ALTER SUBSCRIPTION "orders_sub" DISABLE;
-- undo: ALTER SUBSCRIPTION "orders_sub" ENABLE;

-- 2. Take the replication slot orders_sub from subscription orders_sub, on shop
ALTER SUBSCRIPTION "orders_sub" SET (slot_name = NONE);
-- undo: ALTER SUBSCRIPTION "orders_sub" SET (slot_name = 'orders_sub');

-- 3. Drop subscription orders_sub, on shop
-- risk: lossy
-- Replication into shop through orders_sub ends.
-- waits 180 s at most
DROP SUBSCRIPTION "orders_sub";

-- The replication slot orders_sub stays on shop.example:5432 and keeps WAL there until the disk is full. Drop it there: SELECT pg_catalog.pg_drop_replication_slot('orders_sub');
-- Slots of table synchronization may stay there too (pg_16500_sync_16999_id-of-shop). Drop those that do in the same way.
-- The tables of the subscription and their rows stay on the subscriber.
-- As a whole this can’t be undone. How far it had come is forgotten: made again, it has to copy its tables anew.
