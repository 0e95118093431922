-- Drop subscription orders_sub

-- 1. Drop subscription orders_sub and its replication slot orders_sub, on shop, not in a transaction
-- risk: lossy
-- Replication into shop through orders_sub ends, and where it had come to is forgotten: to go on later, the data has to be copied again.
-- waits 60 s at most
DROP SUBSCRIPTION "orders_sub";

-- The tables of the subscription and their rows stay on the subscriber.
