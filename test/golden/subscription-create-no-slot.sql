-- Create subscription orders_sub

-- 1. Create subscription orders_sub, on warehouse
-- waits 60 s at most
CREATE SUBSCRIPTION "orders_sub"
  CONNECTION 'host=shop.example port=5432 dbname=shop user=replicator password=••••••••'
  PUBLICATION "orders_pub"
  WITH (slot_name = NONE, create_slot = false, enabled = false);
-- undo: DROP SUBSCRIPTION "orders_sub";

-- Without a replication slot nothing is replicated. To start: create a slot on the publisher, then SET (slot_name = …) and ENABLE.
