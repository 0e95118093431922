-- Advance replication slot debezium to 0/F1000000

-- 1. Advance the replication slot debezium to 0/F1000000, on shop, not in a transaction
-- risk: lossy
-- debezium never delivers the changes in 16 MB of WAL from 0/F0000000 to 0/F1000000. The subscription a on x has applied them already, as far as is known; any other reader misses them.
-- waits 600 s at most
SELECT pg_catalog.pg_replication_slot_advance('debezium', '0/F1000000');

-- This can’t be undone. A slot never goes back.
