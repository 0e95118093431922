-- Drop 2 publications

-- 1. Drop publication orders_pub, on shop
-- risk: lossy
-- It may be read through the replication slot orders_sub (active): no connection that is open here knows its reader. A subscription that reads it goes on without its tables, and what is written meanwhile is missing there.
DROP PUBLICATION "orders_pub";
-- undo: CREATE PUBLICATION "orders_pub"\nFOR TABLE "public"."orders" ("id", "total") WHERE ((total > 10)),\n  "public"."customers"\nWITH (publish = 'insert, update, delete');

-- 2. Drop publication all_pub, on shop
-- risk: severe
-- all_pub is read by all_sub (warehouse): each goes on without its tables, and what is written meanwhile is missing there. It may also be read through the replication slot orders_sub (active): no connection that is open here knows its reader.
DROP PUBLICATION "all_pub";
-- undo: CREATE PUBLICATION "all_pub" FOR ALL TABLES;
