-- Skip a transaction of subscription orders_sub, up to 0/19B4DE0

-- 1. Disable subscription orders_sub, on warehouse
ALTER SUBSCRIPTION "orders_sub" DISABLE;
-- undo: ALTER SUBSCRIPTION "orders_sub" ENABLE;

-- 2. Move the replication origin of subscription orders_sub to 0/19B4DE0, on warehouse
-- risk: lossy
-- All changes of the transaction are lost on warehouse, not only the one that failed: orders_sub goes on after it, and its rows differ from the publisher’s from then on. So is every transaction before it that wasn’t applied yet: all up to 0/19B4DE0 is skipped.
-- waits 30 s at most
DO $do$
DECLARE
  subscription_id oid := (SELECT s.oid FROM pg_catalog.pg_subscription s WHERE s.subname = 'orders_sub' AND s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()));
  origin text := 'pg_' || subscription_id;
  target pg_lsn := '0/19B4DE0';
  reached pg_lsn;
BEGIN
  IF EXISTS (SELECT 1 FROM pg_catalog.pg_subscription s WHERE s.oid = subscription_id AND s.subenabled) THEN
    RAISE EXCEPTION USING ERRCODE = 'object_in_use', MESSAGE = 'the subscription orders_sub is enabled', HINT = 'Disable it first.';
  END IF;
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
    RAISE EXCEPTION USING ERRCODE = 'object_in_use', MESSAGE = 'the workers of subscription orders_sub have not ended',
      HINT = 'A lock may hold them: see pg_stat_activity. Try again when they have ended.';
  END IF;
  reached := pg_catalog.pg_replication_origin_progress(origin, true);
  IF reached >= target THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the transaction was applied already: the origin stands at ' || reached::text,
      HINT = 'Enable the subscription and see whether it still fails.';
  END IF;
  PERFORM pg_catalog.pg_replication_origin_advance(origin, target);
END
$do$;

-- 3. Enable subscription orders_sub, on warehouse
ALTER SUBSCRIPTION "orders_sub" ENABLE;
-- undo: ALTER SUBSCRIPTION "orders_sub" DISABLE;

-- To keep the changes instead, mend the row that is in the way, and the transaction is applied by itself.
-- As a whole this can’t be undone. The subscription goes on from there: moved back, it would apply again what it has applied since, and fail or double it.
