-- Create publication all_pub

-- 1. Create publication all_pub, on shop
CREATE PUBLICATION "all_pub" FOR ALL TABLES EXCEPT (TABLE """; drop table x; --"."""; drop table x; --", "<img src=x onerror=alert(1)>"."<img src=x onerror=alert(1)>", "a.b"."a.b", "it's \ back"."it's \ back", "Größe 表 ñandú"."Größe 表 ñandú", "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"."nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn");
-- undo: DROP PUBLICATION "all_pub";
