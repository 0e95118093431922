-- Create subscription orders_sub, with 1 new table

-- 1. Create the schema new one, on warehouse
CREATE SCHEMA "new one";
-- undo: DROP SCHEMA "new one";

-- 2. Create the table "new one".orders, on warehouse
CREATE TABLE "new one"."orders" (
  "id" integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  "mood" public.mood DEFAULT 'glad'::public.mood,
  CONSTRAINT "orders_pkey" PRIMARY KEY (id)
);
-- undo: DROP TABLE "new one"."orders";

-- 3. Set the replica identity of "new one".orders to FULL, on warehouse
ALTER TABLE "new one"."orders" REPLICA IDENTITY FULL;
-- undo: ALTER TABLE "new one"."orders" REPLICA IDENTITY DEFAULT;

-- 4. Create subscription orders_sub, on warehouse, not in a transaction
-- waits 60 s at most for transactions on shop
CREATE SUBSCRIPTION "orders_sub"
  CONNECTION 'host=shop.example port=5432 dbname=shop user=replicator password=••••••••'
  PUBLICATION "orders_pub";
-- undo: DROP SUBSCRIPTION "orders_sub";

-- "new one".orders: without the column twice, which is computed when read; warehouse has no such columns.
-- A type that is there already is taken as it is.
-- Foreign keys, other indexes, triggers, privileges and comments aren’t made.
