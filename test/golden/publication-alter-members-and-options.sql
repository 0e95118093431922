-- Change publication orders_pub

-- 1. Set publish, publish_generated_columns of publication orders_pub, on shop
ALTER PUBLICATION "orders_pub" SET (publish = 'insert, update, delete', publish_generated_columns = stored);
-- undo: ALTER PUBLICATION "orders_pub" SET (publish = 'insert, update, delete, truncate', publish_generated_columns = none);

-- 2. Set the members of publication orders_pub: add public.parent and public.heir; take out public.events and schema sales; change columns or filter of public.orders, on shop
-- risk: lossy
-- Changes to public.events and schema sales are no longer sent to orders_sub (warehouse). What is written from then on is missing there, also if it is added again later. public.orders is sent to orders_sub (warehouse) by its new columns and row filter from then on, without a gap; what is there already stays as it is.
ALTER PUBLICATION "orders_pub" SET
  TABLE "public"."orders" ("id", "total") WHERE (total > 10),
  "public"."parent";
-- undo: ALTER PUBLICATION "orders_pub" SET\n  TABLE "public"."orders",\n  "public"."events",\n  TABLES IN SCHEMA "sales";

-- orders_sub (warehouse) must be refreshed to follow public.parent and public.heir: until then changes aren’t applied there, and where the table is missing, the subscription stops at the first change.
-- orders_sub (warehouse) keeps public.events in its list of tables until it is refreshed. The rows stay there as they are.
