-- Copy replication slot debezium to debezium_copy

-- 1. Copy the replication slot debezium to debezium_copy, on shop, not in a transaction
-- waits 60 s at most
SELECT pg_catalog.pg_copy_logical_replication_slot('debezium', 'debezium_copy');
-- undo: SELECT pg_catalog.pg_drop_replication_slot(slot_name) FROM pg_catalog.pg_replication_slots WHERE slot_name = 'debezium_copy';

-- From then on the server keeps WAL for debezium_copy too, from where debezium stands (260 MB at present), until it is read or dropped.
-- debezium is a two-phase and failover slot; PostgreSQL makes the copy without that.
