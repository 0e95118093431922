-- Create subscription orders_sub

-- 1. Create subscription orders_sub, on warehouse
-- waits 60 s at most
CREATE SUBSCRIPTION "orders_sub"
  CONNECTION 'host=shop.example port=5432 dbname=shop user=replicator password=••••••••'
  PUBLICATION "orders_pub"
  WITH (connect = false, slot_name = NONE);
-- undo: DROP SUBSCRIPTION "orders_sub";

-- The publisher isn’t asked for anything: the subscription is disabled and knows no tables. To start: create a replication slot on the publisher, then SET (slot_name = …), ENABLE and REFRESH PUBLICATION.
