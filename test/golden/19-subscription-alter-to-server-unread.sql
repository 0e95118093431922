-- Change subscription orders_sub

-- 1. Let subscription orders_sub connect by the foreign server it"s, on warehouse
ALTER SUBSCRIPTION "orders_sub" SERVER "it""s";

-- This can’t be undone. This role may not read the present connection string, so nobody could put it back.
