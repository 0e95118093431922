-- Change publication orders_pub

-- 1. Have publication orders_pub publish all sequences, on shop
-- risk: lossy
-- 4 tables of orders_pub are no longer sent to orders_sub (warehouse). What is written to them from then on is missing there, also if they are published again later. It may also be read through the replication slot orders_sub (active): no connection that is open here knows its reader.
ALTER PUBLICATION "orders_pub" SET ALL SEQUENCES;
-- undo: ALTER PUBLICATION "orders_pub" SET ALL TABLES;

-- orders_sub (warehouse) must be refreshed to take over which sequences are published.
-- orders_sub (warehouse) keeps public.orders, public.events, public.parent and public.heir in its list of tables until it is refreshed. The rows stay there as they are.
