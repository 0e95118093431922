-- Create publication all_pub

-- 1. Create publication all_pub, on shop
CREATE PUBLICATION "all_pub" FOR ALL TABLES EXCEPT (TABLE "public"."orders", "public"."parent"), ALL SEQUENCES;
-- undo: DROP PUBLICATION "all_pub";
