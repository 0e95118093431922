-- Change publication orders_pub

-- 1. Set publish_via_partition_root of publication orders_pub, on shop
ALTER PUBLICATION "orders_pub" SET (publish_via_partition_root = true);
-- undo: ALTER PUBLICATION "orders_pub" SET (publish_via_partition_root = false);

-- 2. Have publication orders_pub publish all tables but public.events, on shop
-- risk: lossy
-- 1 table of orders_pub is no longer sent to orders_sub (warehouse). What is written to it from then on is missing there, also if it is published again later. It may also be read through the replication slot orders_sub (active): no connection that is open here knows its reader.
ALTER PUBLICATION "orders_pub" SET ALL TABLES EXCEPT (TABLE "public"."events");
-- undo: ALTER PUBLICATION "orders_pub" SET ALL TABLES EXCEPT (TABLE "public"."orders");

-- 3. Rename publication orders_pub to all_pub, on shop
-- risk: lossy
-- orders_sub (warehouse) reads it under the name orders_pub. It may also be read through the replication slot orders_sub (active): no connection that is open here knows its reader. After the rename its tables are left out of the stream until it is told the new name (ALTER SUBSCRIPTION … SET PUBLICATION). Let it catch up first: what was written before the rename can be read only under the old name.
ALTER PUBLICATION "orders_pub" RENAME TO "all_pub";
-- undo: ALTER PUBLICATION "all_pub" RENAME TO "orders_pub";

-- orders_sub (warehouse) must be refreshed to follow public.orders: until then changes aren’t applied there, and where the table is missing, the subscription stops at the first change.
-- orders_sub (warehouse) keeps public.events in its list of tables until it is refreshed. The rows stay there as they are.
