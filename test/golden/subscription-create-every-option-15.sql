-- Create subscription orders_sub

-- 1. Create subscription orders_sub, on warehouse, not in a transaction
-- waits 60 s at most for transactions on shop
CREATE SUBSCRIPTION "orders_sub"
  CONNECTION 'host=shop.example port=5432 dbname=shop user=replicator password=••••••••'
  PUBLICATION "orders_pub"
  WITH (binary = true, synchronous_commit = 'local', two_phase = true, disable_on_error = true);
-- undo: DROP SUBSCRIPTION "orders_sub";
