-- Enable subscription orders_sub

-- 1. Enable subscription orders_sub, on shop
ALTER SUBSCRIPTION "orders_sub" ENABLE;
-- undo: ALTER SUBSCRIPTION "orders_sub" DISABLE;
