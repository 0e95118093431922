-- Refresh subscription orders_sub

-- 1. Refresh subscription orders_sub, on shop, not in a transaction
-- waits 60 s at most
ALTER SUBSCRIPTION "orders_sub" REFRESH PUBLICATION WITH (copy_data = false);

-- Tables that are new in the publications are followed from now on; the rows they have already aren’t copied.
-- Tables that are no longer in the publications are no longer followed; their rows stay on shop.
-- This can’t be undone. Tables that it takes over stay in it until they have left its publications and it is refreshed again.
