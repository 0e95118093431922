-- Change subscription orders_sub

-- 1. Disable subscription orders_sub, and wait until its workers have ended, on warehouse, not in a transaction
-- waits 30 s at most
DO $do$
DECLARE
  subscription_id oid := (SELECT s.oid FROM pg_catalog.pg_subscription s WHERE s.subname = 'orders_sub' AND s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()));
BEGIN
  ALTER SUBSCRIPTION "orders_sub" DISABLE;
  COMMIT;
  FOR look IN 1..500 LOOP
    EXIT WHEN NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity a WHERE a.backend_type = 'logical replication launcher' AND a.wait_event IS DISTINCT FROM 'LogicalLauncherMain' AND a.wait_event_type IS DISTINCT FROM 'Lock' AND (pg_catalog.current_setting('track_activities') = 'on' OR pg_catalog.current_setting('server_version_num')::pg_catalog.int4 >= 140000));
    PERFORM pg_catalog.pg_sleep(0.02);
    PERFORM pg_catalog.pg_stat_clear_snapshot();
  END LOOP;
  FOR look IN 1..500 LOOP
    EXIT WHEN NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_subscription w WHERE w.pid IS NOT NULL AND w.subid = subscription_id);
    PERFORM pg_catalog.pg_sleep(0.02);
  END LOOP;
  IF EXISTS (SELECT 1 FROM pg_catalog.pg_stat_subscription w WHERE w.pid IS NOT NULL AND w.subid = subscription_id) THEN
    ALTER SUBSCRIPTION "orders_sub" ENABLE;
    COMMIT;
    RAISE EXCEPTION USING ERRCODE = 'object_in_use', MESSAGE = 'the workers of subscription orders_sub have not ended',
      HINT = 'A lock may hold them: see pg_stat_activity. Try again when they have ended.';
  END IF;
END
$do$;
-- undo: ALTER SUBSCRIPTION "orders_sub" ENABLE;

-- 2. Set binary, retain_dead_tuples, max_retention_duration and wal_receiver_timeout of subscription orders_sub, on warehouse
-- waits 60 s at most
ALTER SUBSCRIPTION "orders_sub" SET (binary = true, retain_dead_tuples = true, max_retention_duration = 5000, wal_receiver_timeout = '0');
-- undo: ALTER SUBSCRIPTION "orders_sub" SET (binary = false, retain_dead_tuples = false, max_retention_duration = 0, wal_receiver_timeout = '-1');

-- 3. Enable subscription orders_sub, on warehouse
ALTER SUBSCRIPTION "orders_sub" ENABLE;
-- undo: DO $do$\nDECLARE\n  subscription_id oid := (SELECT s.oid FROM pg_catalog.pg_subscription s WHERE s.subname = 'orders_sub' AND s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()));\nBEGIN\n  ALTER SUBSCRIPTION "orders_sub" DISABLE;\n  COMMIT;\n  FOR look IN 1..500 LOOP\n    EXIT WHEN NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity a WHERE a.backend_type = 'logical replication launcher' AND a.wait_event IS DISTINCT FROM 'LogicalLauncherMain' AND a.wait_event_type IS DISTINCT FROM 'Lock' AND (pg_catalog.current_setting('track_activities') = 'on' OR pg_catalog.current_setting('server_version_num')::pg_catalog.int4 >= 140000));\n    PERFORM pg_catalog.pg_sleep(0.02);\n    PERFORM pg_catalog.pg_stat_clear_snapshot();\n  END LOOP;\n  FOR look IN 1..500 LOOP\n    EXIT WHEN NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_subscription w WHERE w.pid IS NOT NULL AND w.subid = subscription_id);\n    PERFORM pg_catalog.pg_sleep(0.02);\n  END LOOP;\n  IF EXISTS (SELECT 1 FROM pg_catalog.pg_stat_subscription w WHERE w.pid IS NOT NULL AND w.subid = subscription_id) THEN\n    ALTER SUBSCRIPTION "orders_sub" ENABLE;\n    COMMIT;\n    RAISE EXCEPTION USING ERRCODE = 'object_in_use', MESSAGE = 'the workers of subscription orders_sub have not ended',\n      HINT = 'A lock may hold them: see pg_stat_activity. Try again when they have ended.';\n  END IF;\nEND\n$do$;

-- It is disabled for a moment and enabled again: what is written meanwhile follows afterwards.
