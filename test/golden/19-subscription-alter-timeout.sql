-- Change subscription orders_sub

-- 1. Set wal_receiver_timeout of subscription orders_sub, on warehouse
ALTER SUBSCRIPTION "orders_sub" SET (wal_receiver_timeout = '2min');
-- undo: ALTER SUBSCRIPTION "orders_sub" SET (wal_receiver_timeout = '-1');
