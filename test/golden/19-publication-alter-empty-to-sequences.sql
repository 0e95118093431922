-- Change publication orders_pub

-- 1. Have publication orders_pub publish all sequences, on shop
ALTER PUBLICATION "orders_pub" SET ALL SEQUENCES;
-- undo: BEGIN;\nDROP PUBLICATION "orders_pub";\nCREATE PUBLICATION "orders_pub";\nCOMMIT;

-- orders_sub (warehouse) must be refreshed to take over which sequences are published.
