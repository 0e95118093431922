-- Change subscription orders_sub

-- 1. Let subscription orders_sub connect by a connection string instead of the foreign server shop_server, on warehouse
ALTER SUBSCRIPTION "orders_sub" CONNECTION 'host=old.example password=••••••••';
-- undo: ALTER SUBSCRIPTION "orders_sub" SERVER "shop_server";
