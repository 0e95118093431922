-- Create publication orders_pub

-- 1. Create publication orders_pub, on shop
CREATE PUBLICATION "orders_pub"
FOR TABLE "public"."orders" ("id", "total") WHERE (total > 10),
  "public"."customers",
  TABLES IN SCHEMA "sales"
WITH (publish = 'insert, update', publish_via_partition_root = true, publish_generated_columns = stored);
-- undo: DROP PUBLICATION "orders_pub";
