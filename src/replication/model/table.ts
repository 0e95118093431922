export type ReplicaIdentity = 'default' | 'index' | 'full' | 'nothing';

/** A table that can be published: ordinary or partitioned, outside the system's schemas. */
export interface Table {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly partitioned: boolean;
  readonly isPartition: boolean;
  /** The oid of the table it is a partition of; absent where it is none. */
  readonly partitionOf?: number;
  /** The oids of the tables it inherits from (INHERITS, not as a partition); absent where there are none. */
  readonly inheritsFrom?: readonly number[];
  /** Unlogged tables can't be published. */
  readonly unlogged: boolean;
  readonly owner: string;
  /** Whether the role that is logged in may act as its owner. */
  readonly ownedByMe: boolean;
  readonly replicaIdentity: ReplicaIdentity;
  /** The index, where the identity is 'index' and it is still there. */
  readonly identityIndex?: string;
  /** False where UPDATE and DELETE would fail once published: nothing, or default without a primary key. */
  readonly identityUsable: boolean;
  /** Bytes, as of the last VACUUM or ANALYZE (relpages); an estimate. */
  readonly sizeBytes: number;
  /** Rows by the same estimate; null where the table was never analysed. */
  readonly rowEstimate: number | null;
}

export interface Column {
  readonly name: string;
  /** As format_type() writes it. */
  readonly type: string;
  readonly notNull: boolean;
  readonly generated: 'stored' | 'virtual' | null;
  /** Part of what identifies a row to a subscriber (the replica identity). */
  readonly inIdentity: boolean;
}

export interface UniqueIndex {
  readonly name: string;
  readonly columns: readonly string[];
  readonly primary: boolean;
  /** Null where it may serve as replica identity, otherwise why it may not. */
  readonly unfit: string | null;
}

/** What is read of one table on demand: too much to keep for 10,000. */
export interface TableDetails {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly Column[];
  readonly uniqueIndexes: readonly UniqueIndex[];
  /** Other tables whose foreign keys refer to it, so that it can't be truncated; absent where there are none. */
  readonly referencedBy?: readonly { readonly schema: string; readonly name: string }[];
}
