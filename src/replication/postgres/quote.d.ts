/** A name as a quoted SQL identifier; always quoted, so that every name is data. */
export declare function quoteIdentifier(name: string): string;
/** Text as a quoted SQL literal, by `E''` where it holds a backslash. */
export declare function quoteLiteral(text: string): string;
/** A schema-qualified name. */
export declare function quoteQualified(schema: string, name: string): string;
