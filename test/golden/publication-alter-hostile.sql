-- Change publication orders_pub

-- 1. Add """; drop table x; --"."""; drop table x; --", "<img src=x onerror=alert(1)>"."<img src=x onerror=alert(1)>", "a.b"."a.b", "it's \ back"."it's \ back" and 8 more to publication orders_pub, on shop
ALTER PUBLICATION "orders_pub" ADD
  TABLE """; drop table x; --"."""; drop table x; --" ("""; drop table x; --"),
  "<img src=x onerror=alert(1)>"."<img src=x onerror=alert(1)>" ("<img src=x onerror=alert(1)>"),
  "a.b"."a.b" ("a.b"),
  "it's \ back"."it's \ back" ("it's \ back"),
  "Größe 表 ñandú"."Größe 表 ñandú" ("Größe 表 ñandú"),
  "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"."nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn" ("nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"),
  TABLES IN SCHEMA """; drop table x; --", "<img src=x onerror=alert(1)>", "a.b", "it's \ back", "Größe 表 ñandú", "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn";
-- undo: ALTER PUBLICATION "orders_pub" DROP\n  TABLE """; drop table x; --"."""; drop table x; --",\n  "<img src=x onerror=alert(1)>"."<img src=x onerror=alert(1)>",\n  "a.b"."a.b",\n  "it's \ back"."it's \ back",\n  "Größe 表 ñandú"."Größe 表 ñandú",\n  "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"."nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn",\n  TABLES IN SCHEMA """; drop table x; --", "<img src=x onerror=alert(1)>", "a.b", "it's \ back", "Größe 表 ñandú", "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn";

-- 2. Rename publication orders_pub to "; drop table x; --, on shop
-- risk: lossy
-- orders_sub (warehouse) reads it under the name orders_pub. After the rename its tables are left out of the stream until it is told the new name (ALTER SUBSCRIPTION … SET PUBLICATION). Let it catch up first: what was written before the rename can be read only under the old name.
ALTER PUBLICATION "orders_pub" RENAME TO """; drop table x; --";
-- undo: ALTER PUBLICATION """; drop table x; --" RENAME TO "orders_pub";
