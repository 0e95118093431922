-- Create subscription orders_sub

-- 1. Create subscription orders_sub, on warehouse
-- waits 60 s at most
CREATE SUBSCRIPTION "orders_sub"
  CONNECTION 'host=shop.example port=5432 dbname=shop user=replicator password=••••••••'
  PUBLICATION "orders_pub"
  WITH (connect = false, slot_name = 'made_later', failover = true);
-- undo: DO $do$\nBEGIN\n  ALTER SUBSCRIPTION "orders_sub" DISABLE;\n  ALTER SUBSCRIPTION "orders_sub" SET (slot_name = NONE);\n  DROP SUBSCRIPTION "orders_sub";\nEND\n$do$;

-- The publisher isn’t asked for anything: the subscription is disabled and knows no tables. To start: create a replication slot called made_later with failover on the publisher, then ENABLE and REFRESH PUBLICATION.
