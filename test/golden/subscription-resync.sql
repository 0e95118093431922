-- Copy public.orders of subscription orders_sub again

-- 1. Take public.orders out of publication orders_pub, on shop
-- risk: severe
-- Until public.orders is back in orders_pub, its changes aren’t sent; the copy afterwards has them. other (lake) reads orders_pub too and won’t get them: what is written to public.orders meanwhile is missing there.
-- waits 15 s at most
ALTER PUBLICATION "orders_pub" DROP TABLE ONLY "public"."orders";
-- undo: ALTER PUBLICATION "orders_pub" ADD TABLE ONLY "public"."orders" ("id") WHERE (id > 1);

-- 2. Refresh subscription orders_sub, so that it follows public.orders no more, on warehouse, not in a transaction
-- waits 60 s at most
ALTER SUBSCRIPTION "orders_sub" REFRESH PUBLICATION;

-- 3. Disable subscription orders_sub, on warehouse
ALTER SUBSCRIPTION "orders_sub" DISABLE;
-- undo: ALTER SUBSCRIPTION "orders_sub" ENABLE;

-- 4. Wait until the workers of subscription orders_sub have ended, on warehouse
-- waits 30 s at most
DO $do$
DECLARE
  subscription_id oid := (SELECT s.oid FROM pg_catalog.pg_subscription s WHERE s.subname = 'orders_sub' AND s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()));
BEGIN
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
END
$do$;

-- 5. Empty public.orders, on warehouse
-- risk: lossy
-- All rows of public.orders on warehouse are deleted, those that were written only there too. Until the copy is done, readers see none or some of them.
-- waits 15 s at most
TRUNCATE ONLY "public"."orders";

-- 6. Enable subscription orders_sub, on warehouse
ALTER SUBSCRIPTION "orders_sub" ENABLE;
-- undo: ALTER SUBSCRIPTION "orders_sub" DISABLE;

-- 7. Put public.orders back into publication orders_pub, on shop
-- waits 15 s at most
ALTER PUBLICATION "orders_pub" ADD TABLE ONLY "public"."orders" ("id") WHERE (id > 1);
-- undo: ALTER PUBLICATION "orders_pub" DROP TABLE ONLY "public"."orders";

-- 8. Refresh subscription orders_sub, so that it copies public.orders and follows it, on warehouse, not in a transaction
-- waits 60 s at most
ALTER SUBSCRIPTION "orders_sub" REFRESH PUBLICATION;

-- If it stops half way, go on with it: until its last step the table isn’t followed, and the subscription may be disabled.
-- The subscription is refreshed as a whole: other tables that came to its publications are copied too.
-- other (lake) must not be refreshed before it is done: that would end with all of public.orders copied there again.
-- As a whole this can’t be undone. The rows that public.orders has now aren’t kept: it is copied anew.
