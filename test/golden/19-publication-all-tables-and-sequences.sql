-- Create publication all_pub

-- 1. Create publication all_pub, on shop
CREATE PUBLICATION "all_pub" FOR ALL TABLES, ALL SEQUENCES WITH (publish_via_partition_root = true);
-- undo: DROP PUBLICATION "all_pub";
