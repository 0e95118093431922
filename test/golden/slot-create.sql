-- Create replication slot debezium

-- 1. Create the replication slot debezium, on shop, not in a transaction
-- waits 30 s at most for transactions on shop
SELECT pg_catalog.pg_create_logical_replication_slot('debezium', 'pgoutput', twophase => true, failover => true);
-- undo: SELECT pg_catalog.pg_drop_replication_slot(slot_name) FROM pg_catalog.pg_replication_slots WHERE slot_name = 'debezium';

-- From then on the server keeps all WAL until the slot is read or dropped.
