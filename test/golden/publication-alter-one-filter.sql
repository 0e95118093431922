-- Change publication orders_pub

-- 1. Set the members of publication orders_pub: change columns or filter of public.orders, on shop
-- public.orders is sent to orders_sub (warehouse) by its new columns and row filter from then on, without a gap; what is there already stays as it is.
ALTER PUBLICATION "orders_pub" SET
  TABLE "public"."orders" WHERE (total > 20),
  "public"."events";
-- undo: ALTER PUBLICATION "orders_pub" SET\n  TABLE "public"."orders" WHERE ((total > 10)),\n  "public"."events";
