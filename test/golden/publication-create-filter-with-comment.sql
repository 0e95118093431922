-- Create publication orders_pub

-- 1. Create publication orders_pub, on shop
CREATE PUBLICATION "orders_pub"
FOR TABLE "public"."orders" WHERE (total > 10 -- big ones
);
-- undo: DROP PUBLICATION "orders_pub";
