-- Create publication orders_pub

-- 1. Create publication orders_pub, on shop
CREATE PUBLICATION "orders_pub"
FOR TABLE "public"."orders",
  "public"."customers"
WITH (publish = 'insert, update');
-- undo: DROP PUBLICATION "orders_pub";
