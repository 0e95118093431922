-- Create subscription orders_sub

-- 1. Create subscription orders_sub, on warehouse, not in a transaction
-- waits 60 s at most
CREATE SUBSCRIPTION "orders_sub"
  CONNECTION 'host=shop.example port=5432 dbname=shop user=replicator password=••••••••'
  PUBLICATION "orders_pub";
-- undo: DROP SUBSCRIPTION "orders_sub";

-- If it is cancelled or runs out of time, the publisher may keep the half-made replication slot orders_sub until the transactions it waits for have ended. Only on a known connection can that be looked after.
