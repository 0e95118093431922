-- Drop subscription orders_sub

-- 1. Drop subscription orders_sub, on shop
-- risk: lossy
-- Replication into shop through orders_sub ends.
-- waits 180 s at most
DROP SUBSCRIPTION "orders_sub";

-- The tables of the subscription and their rows stay on the subscriber.
-- This can’t be undone. How far it had come is forgotten: made again, it has to copy its tables anew.
