-- Advance replication slot debezium to 1/100000

-- 1. Advance the replication slot debezium to 1/100000, on shop, not in a transaction
-- risk: lossy
-- debezium never delivers the changes in 260 MB of WAL from 0/F0000000 to 1/0. The subscription a on x misses them without noticing; the data there differ from then on.
-- waits 600 s at most
SELECT pg_catalog.pg_replication_slot_advance('debezium', '1/100000');

-- 1/100000 lies 1 MB beyond the end of WAL (1/0): the slot is moved to where WAL ends when it runs.
-- This can’t be undone. A slot never goes back.
