-- Change subscription orders_sub

-- 1. Let subscription orders_sub connect by the foreign server other_server, on warehouse
ALTER SUBSCRIPTION "orders_sub" SERVER "other_server";
-- undo: ALTER SUBSCRIPTION "orders_sub" SERVER "shop_server";
