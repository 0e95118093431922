-- Create publication orders_pub

-- 1. Create publication orders_pub, on shop
CREATE PUBLICATION "orders_pub"
FOR TABLE "public"."orders",
  "public"."customers"
WITH (publish = 'insert, update', publish_via_partition_root = true);
-- undo: DROP PUBLICATION "orders_pub";
