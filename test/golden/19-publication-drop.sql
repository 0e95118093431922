-- Drop publication orders_pub

-- 1. Drop publication orders_pub, on shop
-- risk: lossy
-- It may be read through the replication slot orders_sub (active): no connection that is open here knows its reader. A subscription that reads it goes on without its tables, and what is written meanwhile is missing there.
DROP PUBLICATION "orders_pub";
-- undo: CREATE PUBLICATION "orders_pub" FOR ALL TABLES EXCEPT (TABLE ONLY "public"."parent", "public"."heir"), ALL SEQUENCES;
