-- Advance replication slot debezium to 0/F1000000

-- 1. Advance the replication slot debezium to 0/F1000000, on shop, not in a transaction
-- risk: lossy
-- debezium never delivers the changes in 16 MB of WAL from 0/F0000000 to 0/F1000000. Whoever reads it misses them without noticing; the data there differ from then on.
-- waits 600 s at most
SELECT pg_catalog.pg_replication_slot_advance('debezium', '0/F1000000');

-- This can’t be undone. A slot never goes back.
