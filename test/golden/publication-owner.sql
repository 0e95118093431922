-- Give publication orders_pub to the role alice

-- 1. Give publication orders_pub to the role alice, on shop
ALTER PUBLICATION "orders_pub" OWNER TO "alice";
-- undo: ALTER PUBLICATION "orders_pub" OWNER TO "postgres";
