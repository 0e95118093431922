/** The operations a publication sends. */
export interface PublishedOperations {
  readonly insert: boolean;
  readonly update: boolean;
  readonly delete: boolean;
  /** Since PostgreSQL 11; false before. */
  readonly truncate: boolean;
}

/** A table named in a publication. */
export interface PublishedTable {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** The column list (since 15), in table order; null publishes all columns. */
  readonly columns: readonly string[] | null;
  /** How many columns the table has. Null where there is no column list to compare with. */
  readonly columnCount: number | null;
  /** The row filter as the server writes it (since 15); null publishes all rows. */
  readonly filter: string | null;
}

/** A table that a publication FOR ALL TABLES leaves out (pg_publication_rel.prexcept). */
export interface ExceptedTable {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
}

/** A publication (pg_publication, pg_publication_rel, pg_publication_namespace). */
export interface Publication {
  readonly oid: number;
  readonly name: string;
  readonly owner: string;
  readonly ownedByMe: boolean;
  readonly allTables: boolean;
  readonly operations: PublishedOperations;
  /** publish_via_partition_root, since 13; false before. */
  readonly viaRoot: boolean;
  /** publish_generated_columns, since 18; 'none' before. */
  readonly generatedColumns: 'none' | 'stored';
  /** The tables named in it; those that come by schema or by ALL TABLES aren't listed here. */
  readonly tables: readonly PublishedTable[];
  /** The schemas named in it, since 15. */
  readonly schemas: readonly string[];
  /** What FOR ALL TABLES leaves out, in order of schema and name (19, untried); absent where there is nothing. */
  readonly exceptTables?: readonly ExceptedTable[];
  /** FOR ALL SEQUENCES (19, untried); absent where it isn't. */
  readonly allSequences?: true;
  /** COMMENT ON PUBLICATION; null where there is none. */
  readonly comment: string | null;
}
