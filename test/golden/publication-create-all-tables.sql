-- Create publication orders_pub

-- 1. Create publication orders_pub, on shop
CREATE PUBLICATION "orders_pub" FOR ALL TABLES;
-- undo: DROP PUBLICATION "orders_pub";
