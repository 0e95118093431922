-- Create subscription orders_sub

-- 1. Create subscription orders_sub, on warehouse
-- waits 60 s at most
CREATE SUBSCRIPTION "orders_sub"
  CONNECTION 'host=shop.example port=5432 dbname=shop user=replicator password=••••••••'
  PUBLICATION "orders_pub"
  WITH (create_slot = false, slot_name = 'kept', enabled = false);
-- undo: DO $do$\nBEGIN\n  ALTER SUBSCRIPTION "orders_sub" DISABLE;\n  ALTER SUBSCRIPTION "orders_sub" SET (slot_name = NONE);\n  DROP SUBSCRIPTION "orders_sub";\nEND\n$do$;

-- Until the subscription is enabled, the publisher keeps all WAL for the replication slot kept.
