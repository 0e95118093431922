-- Change publication orders_pub

-- 1. Have publication orders_pub publish chosen tables only, by dropping it and creating it again, on shop, not in a transaction
-- risk: severe
-- This version can’t alter that, so orders_pub is dropped and created again in one transaction: no change falls between the two. It is read by orders_sub (warehouse). The replication slot that may read it, orders_sub (active), keeps its position and goes on: up to this transaction with the tables as they were, after it with those that are published then.
BEGIN;
DROP PUBLICATION "orders_pub";
CREATE PUBLICATION "orders_pub" FOR TABLE "public"."orders";
COMMIT;
-- undo: BEGIN;\nDROP PUBLICATION "orders_pub";\nCREATE PUBLICATION "orders_pub" FOR ALL TABLES EXCEPT (TABLE "public"."orders"), ALL SEQUENCES;\nCOMMIT;

-- orders_sub (warehouse) must be refreshed to follow public.orders: until then changes aren’t applied there, and where the table is missing, the subscription stops at the first change.
-- orders_sub (warehouse) must be refreshed to take over which sequences are published.
-- orders_sub (warehouse) keeps public.events, public.parent and public.heir in its list of tables until it is refreshed. The rows stay there as they are.
