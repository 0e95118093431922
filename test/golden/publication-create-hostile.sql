-- Create publication "; drop table x; --

-- 1. Create publication "; drop table x; --, on shop
CREATE PUBLICATION """; drop table x; --"
FOR TABLE """; drop table x; --"."""; drop table x; --" ("""; drop table x; --"),
  "<img src=x onerror=alert(1)>"."<img src=x onerror=alert(1)>" ("<img src=x onerror=alert(1)>"),
  "a.b"."a.b" ("a.b"),
  "it's \ back"."it's \ back" ("it's \ back"),
  "Größe 表 ñandú"."Größe 表 ñandú" ("Größe 表 ñandú"),
  "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"."nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn" ("nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"),
  TABLES IN SCHEMA """; drop table x; --", "<img src=x onerror=alert(1)>", "a.b", "it's \ back", "Größe 表 ñandú", "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn";
-- undo: DROP PUBLICATION """; drop table x; --";
