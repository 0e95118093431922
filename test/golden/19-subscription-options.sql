-- Create subscription orders_sub

-- 1. Create subscription orders_sub, on warehouse, not in a transaction
-- waits 60 s at most for transactions on shop
CREATE SUBSCRIPTION "orders_sub"
  CONNECTION 'host=shop.example port=5432 dbname=shop user=replicator password=••••••••'
  PUBLICATION "orders_pub"
  WITH (retain_dead_tuples = true, max_retention_duration = 60000, wal_receiver_timeout = '30s'' --');
-- undo: DROP SUBSCRIPTION "orders_sub";
