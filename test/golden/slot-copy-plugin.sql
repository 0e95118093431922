-- Copy replication slot debezium to look

-- 1. Copy the replication slot debezium to look, on shop, not in a transaction
-- waits 60 s at most
SELECT pg_catalog.pg_copy_logical_replication_slot('debezium', 'look', false, 'wal''2json');
-- undo: SELECT pg_catalog.pg_drop_replication_slot(slot_name) FROM pg_catalog.pg_replication_slots WHERE slot_name = 'look';

-- From then on the server keeps WAL for look too, from where debezium stands (260 MB at present), until it is read or dropped.
