-- Create subscription "; drop table x; --

-- 1. Create subscription "; drop table x; --, on warehouse, not in a transaction
-- waits 60 s at most for transactions on shop
CREATE SUBSCRIPTION """; drop table x; --"
  CONNECTION E'host=''it\\''s \\\\ back'' password=••••••••'
  PUBLICATION """; drop table x; --", "<img src=x onerror=alert(1)>", "a.b", "it's \ back", "Größe 表 ñandú", "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
  WITH (slot_name = 'drop_table_x_slot');
-- undo: DROP SUBSCRIPTION """; drop table x; --";
