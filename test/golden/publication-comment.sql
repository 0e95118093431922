-- Comment on publication orders_pub

-- 1. Comment on publication orders_pub, on shop
COMMENT ON PUBLICATION "orders_pub" IS 'what it''s for';
-- undo: COMMENT ON PUBLICATION "orders_pub" IS 'old';
