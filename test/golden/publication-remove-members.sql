-- Take public.parent, public.heir and schema sales out of publication orders_pub

-- 1. Take public.parent, public.heir and schema sales out of publication orders_pub, on shop
-- risk: lossy
-- Changes to public.parent, public.heir and schema sales are no longer sent to whatever reads orders_pub. What is written from then on is missing there, also if it is added again later. It may be read through the replication slot orders_sub (active): no connection that is open here knows its reader.
ALTER PUBLICATION "orders_pub" DROP
  TABLE "public"."parent",
  TABLES IN SCHEMA "sales";
-- undo: ALTER PUBLICATION "orders_pub" ADD\n  TABLE ONLY "public"."parent",\n  "public"."heir",\n  TABLES IN SCHEMA "sales";
