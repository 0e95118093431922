-- Change publication orders_pub

-- 1. Have publication orders_pub publish all tables but public.events, on shop, not in a transaction
-- risk: severe
-- All members of orders_pub are exchanged for all tables but public.events in one transaction. It is read by orders_sub (warehouse). The replication slot that may read it, orders_sub (active), keeps its position and goes on: up to this transaction with the tables as they were, after it with those that are published then.
BEGIN;
ALTER PUBLICATION "orders_pub" DROP TABLE "public"."orders",
  TABLES IN SCHEMA "sales";
ALTER PUBLICATION "orders_pub" SET ALL TABLES EXCEPT (TABLE "public"."events");
COMMIT;
-- undo: BEGIN;\nDROP PUBLICATION "orders_pub";\nCREATE PUBLICATION "orders_pub"\nFOR TABLE "public"."orders",\n  TABLES IN SCHEMA "sales";\nCOMMIT;

-- orders_sub (warehouse) must be refreshed to follow public.parent and public.heir: until then changes aren’t applied there, and where the table is missing, the subscription stops at the first change.
