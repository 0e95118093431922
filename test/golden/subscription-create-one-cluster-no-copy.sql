-- Create subscription orders_sub

-- 1. Create the replication slot orders_sub, on shop, not in a transaction
-- waits 60 s at most for transactions on shop
SELECT pg_catalog.pg_create_logical_replication_slot('orders_sub', 'pgoutput', twophase => true);
-- undo: SELECT pg_catalog.pg_drop_replication_slot(slot_name) FROM pg_catalog.pg_replication_slots WHERE slot_name = 'orders_sub';

-- 2. Create subscription orders_sub, on warehouse
-- waits 60 s at most
CREATE SUBSCRIPTION "orders_sub"
  CONNECTION 'host=shop.example port=5432 dbname=shop user=replicator password=••••••••'
  PUBLICATION "orders_pub"
  WITH (create_slot = false, copy_data = false, two_phase = true);
-- undo: DROP SUBSCRIPTION "orders_sub";

-- Publisher and subscriber are one server: the slot is created first, because CREATE SUBSCRIPTION would wait for itself.
