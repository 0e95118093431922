-- Create publication orders_pub

-- 1. Create publication orders_pub, on shop
CREATE PUBLICATION "orders_pub" WITH (publish = '');
-- undo: DROP PUBLICATION "orders_pub";
