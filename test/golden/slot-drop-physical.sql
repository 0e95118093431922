-- Drop replication slot standby

-- 1. Drop the replication slot standby, on shop, not in a transaction
-- risk: lossy
-- It retains 260 MB of WAL, which the server may then remove. A standby that reads from it may miss WAL and have to be made anew.
SELECT pg_catalog.pg_drop_replication_slot('standby');

-- This can’t be undone. A slot can’t be made again where it stood: it would begin where WAL ends then.
