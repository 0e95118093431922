-- Skip the transaction of subscription orders_sub that finishes at 0/19B4DB0

-- 1. Skip the transaction of subscription orders_sub that finishes at 0/19B4DB0, on warehouse
-- risk: lossy
-- All changes of the transaction are lost on warehouse, not only the one that failed: orders_sub goes on after it, and its rows differ from the publisher’s from then on.
ALTER SUBSCRIPTION "orders_sub" SKIP (lsn = '0/19B4DB0');
-- undo: ALTER SUBSCRIPTION "orders_sub" SKIP (lsn = NONE);

-- If the next transaction finishes elsewhere, the server drops the skip with a warning and applies that transaction.
-- To keep the changes instead, mend the row that is in the way, and the transaction is applied by itself.
