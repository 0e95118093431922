-- Drop 3 replication slots

-- 1. Drop the replication slot debezium, on shop, not in a transaction
-- risk: lossy
-- It retains 260 MB of WAL; the drop frees none of it, because loop holds WAL that is as old or older. Whatever reads from it can’t go on from where it was: it needs a new slot and a new copy of the data.
SELECT pg_catalog.pg_drop_replication_slot('debezium');

-- 2. Drop the replication slot loop, on shop, not in a transaction
-- risk: lossy
-- It retains 260 MB of WAL, which the server may then remove. Whatever reads from it (perhaps the subscription loop of this server) can’t go on from where it was: it needs a new slot and a new copy of the data.
SELECT pg_catalog.pg_drop_replication_slot('loop');

-- 3. Drop the replication slot gone, on shop, not in a transaction
-- risk: lossy
-- The replication slot gone is lost already (wal_removed): nothing could read on from it.
SELECT pg_catalog.pg_drop_replication_slot('gone');

-- Together the drops free 260 MB of WAL, removed at the next checkpoint.
-- As a whole this can’t be undone. A slot can’t be made again where it stood: it would begin where WAL ends then.
