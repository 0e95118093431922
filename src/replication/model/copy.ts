import type { Forecast } from './forecast.ts';
import type { TableState } from './subscription.ts';

/** One table that is being copied or is yet to be, as the subscriber shows it at one beat. */
export interface CopyingTable {
  readonly subscriptionOid: number;
  readonly tableOid: number;
  /** Its synchronization worker; null while none runs. */
  readonly workerPid: number | null;
  /** Rows copied so far. Since 14, and only where the role may see it; a new attempt begins at 0. */
  readonly rows: number | null;
  /** Bytes received so far, as COPY sends them; as `rows`. */
  readonly bytes: number | null;
  /** pg_table_size of the table here; null where it's partitioned, or somebody holds it exclusively. */
  readonly tableBytes: number | null;
  /** By the statistics no row was ever written to it but by the attempt that goes on. False where that isn't known. */
  readonly emptyBefore: boolean;
}

/** How much there is to copy of a table: what its publisher says of it. */
export interface CopySize {
  readonly schema: string;
  readonly name: string;
  /** pg_table_size with all partitions; null where it could not be read. */
  readonly bytes: number | null;
  /** The planner's estimate, brought up to the present size; null where it was never analysed. */
  readonly rows: number | null;
}

/** How far the first copy of one table is. */
export interface TableCopy {
  readonly tableOid: number;
  readonly schema: string;
  readonly name: string;
  readonly state: TableState;
  readonly rowsCopied: number | null;
  readonly rowsEstimated: number | null;
  /**
   * As COPY sends them where the server counts (since 14), otherwise what the table here has grown by since its present
   * attempt began; null where that isn't known.
   */
  readonly bytesCopied: number | null;
  /** The size of the table here, where it is known but not how much of it this copy brought. */
  readonly bytesHere: number | null;
  /** The table's size on the publisher. */
  readonly bytesEstimated: number | null;
  /** What the copy leaves out of what is estimated, so that the estimate is an upper bound (since 15). */
  readonly leavesOut: readonly ('rows' | 'columns')[];
  /** Of the whole, 0 to 1, and by what; null where it can't be said. An estimate: held below 1 while it copies. */
  readonly fraction: number | null;
  readonly by: 'rows' | 'size' | null;
  readonly rowsPerSecond: number | null;
  readonly bytesPerSecond: number | null;
  readonly left: Forecast;
  /** Why it doesn't get on; null while it does, and where it is done. */
  readonly waits: string | null;
}

/** How far the first copy of a subscription is. */
export interface SubscriptionCopy {
  readonly subscriptionName: string;
  /** Copied tables among all. */
  readonly tablesDone: number;
  readonly tables: number;
  /** Of the whole, by size where all sizes are known, by tables otherwise; 0 to 1. */
  readonly fraction: number;
  readonly by: 'size' | 'tables';
  readonly left: Forecast;
  /** Those that aren't copied, the first 200. */
  readonly open: readonly TableCopy[];
}
