-- Create "new one".orders on warehouse

-- 1. Create the schema new one, on warehouse
CREATE SCHEMA "new one";
-- undo: DROP SCHEMA "new one";

-- 2. Create the type public.mood, on warehouse
CREATE TYPE public.mood AS ENUM ('sad', 'glad');
-- undo: DO $do$\nBEGIN\n  DROP TYPE IF EXISTS "public"."mood";\nEXCEPTION WHEN dependent_objects_still_exist THEN\n  NULL;\nEND\n$do$;

-- 3. Create the table "new one".orders, on warehouse
CREATE TABLE "new one"."orders" (
  "id" integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  "mood" public.mood DEFAULT 'glad'::public.mood,
  CONSTRAINT "orders_pkey" PRIMARY KEY (id)
);
-- undo: DROP TABLE "new one"."orders";

-- 4. Set the replica identity of "new one".orders to FULL, on warehouse
ALTER TABLE "new one"."orders" REPLICA IDENTITY FULL;
-- undo: ALTER TABLE "new one"."orders" REPLICA IDENTITY DEFAULT;

-- "new one".orders: without the column twice, which is computed when read; warehouse has no such columns.
-- Foreign keys, other indexes, triggers, privileges and comments aren’t made.
