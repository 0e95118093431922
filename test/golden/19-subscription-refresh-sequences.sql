-- Synchronize the sequences of subscription orders_sub again

-- 1. Synchronize the sequences of subscription orders_sub again, on warehouse, not in a transaction
-- waits 60 s at most
ALTER SUBSCRIPTION "orders_sub" REFRESH SEQUENCES;

-- Each sequence gets the value that it has on the publisher at that moment; what is drawn from it there afterwards doesn’t follow.
-- It is for the sequences that the subscription has: those that are new in its publications come with a refresh of the publication.
-- This can’t be undone. The values that the sequences had here are overwritten.
