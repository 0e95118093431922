-- Create subscription orders_sub

-- 1. Create subscription orders_sub, on warehouse, not in a transaction
-- waits 60 s at most for transactions on shop
CREATE SUBSCRIPTION "orders_sub"
  SERVER "shop_server"
  PUBLICATION "orders_pub";
-- undo: DROP SUBSCRIPTION "orders_sub";
