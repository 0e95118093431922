-- Create subscription Größe MySub

-- 1. Create subscription Größe MySub, on warehouse, not in a transaction
-- waits 60 s at most for transactions on shop
CREATE SUBSCRIPTION "Größe MySub"
  CONNECTION 'host=shop.example port=5432 dbname=shop user=replicator password=••••••••'
  PUBLICATION "orders_pub"
  WITH (slot_name = 'gro_e_mysub_slot');
-- undo: DROP SUBSCRIPTION "Größe MySub";
