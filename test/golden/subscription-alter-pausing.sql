-- Change subscription orders_sub

-- 1. Change where subscription orders_sub connects to, on warehouse
ALTER SUBSCRIPTION "orders_sub" CONNECTION 'host=new password=••••••••';

-- 2. Let subscription orders_sub read more too, on warehouse, not in a transaction
-- waits 60 s at most
ALTER SUBSCRIPTION "orders_sub" ADD PUBLICATION "more";
-- undo: ALTER SUBSCRIPTION "orders_sub" SET PUBLICATION "orders_pub" WITH (copy_data = false);

-- 3. Disable subscription orders_sub, and wait until its workers have ended, on warehouse, not in a transaction
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

-- 4. Set slot_name and binary of subscription orders_sub, on warehouse
ALTER SUBSCRIPTION "orders_sub" SET (slot_name = 'other', binary = true);
-- undo: ALTER SUBSCRIPTION "orders_sub" SET (slot_name = 'orders_sub', binary = false);

-- 5. Set two_phase and failover of subscription orders_sub, on warehouse, not in a transaction
-- waits 60 s at most
ALTER SUBSCRIPTION "orders_sub" SET (two_phase = true, failover = true);
-- undo: ALTER SUBSCRIPTION "orders_sub" SET (two_phase = false, failover = false);

-- 6. Rename subscription orders_sub to orders "sub", on warehouse
ALTER SUBSCRIPTION "orders_sub" RENAME TO "orders ""sub""";
-- undo: ALTER SUBSCRIPTION "orders ""sub""" RENAME TO "orders_sub";

-- 7. Enable subscription orders "sub", on warehouse
ALTER SUBSCRIPTION "orders ""sub""" ENABLE;
-- undo: DO $do$\nDECLARE\n  subscription_id oid := (SELECT s.oid FROM pg_catalog.pg_subscription s WHERE s.subname = 'orders "sub"' AND s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()));\nBEGIN\n  ALTER SUBSCRIPTION "orders ""sub""" DISABLE;\n  COMMIT;\n  FOR look IN 1..500 LOOP\n    EXIT WHEN NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity a WHERE a.backend_type = 'logical replication launcher' AND a.wait_event IS DISTINCT FROM 'LogicalLauncherMain' AND a.wait_event_type IS DISTINCT FROM 'Lock' AND (pg_catalog.current_setting('track_activities') = 'on' OR pg_catalog.current_setting('server_version_num')::pg_catalog.int4 >= 140000));\n    PERFORM pg_catalog.pg_sleep(0.02);\n    PERFORM pg_catalog.pg_stat_clear_snapshot();\n  END LOOP;\n  FOR look IN 1..500 LOOP\n    EXIT WHEN NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_subscription w WHERE w.pid IS NOT NULL AND w.subid = subscription_id);\n    PERFORM pg_catalog.pg_sleep(0.02);\n  END LOOP;\n  IF EXISTS (SELECT 1 FROM pg_catalog.pg_stat_subscription w WHERE w.pid IS NOT NULL AND w.subid = subscription_id) THEN\n    ALTER SUBSCRIPTION "orders ""sub""" ENABLE;\n    COMMIT;\n    RAISE EXCEPTION USING ERRCODE = 'object_in_use', MESSAGE = 'the workers of subscription orders "sub" have not ended',\n      HINT = 'A lock may hold them: see pg_stat_activity. Try again when they have ended.';\n  END IF;\nEND\n$do$;

-- It is disabled for a moment and enabled again: what is written meanwhile follows afterwards.
-- The replication slot orders_sub stays on the publisher and keeps WAL there. Drop it there if nothing else reads it.
-- The replication slot keeps its name other.
-- Two-phase commit comes into force when all tables are ready.
-- As a whole this can’t be undone. This role may not read the present connection string, so nobody could put it back.
