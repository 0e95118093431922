/** The role behind an owner's oid, and whether the session may act as it. */
export type OwnerLookup = (oid: number) => { readonly name: string; readonly mine: boolean };

/** The table behind an oid; undefined where it isn't among those that were read. */
export type RelationLookup = (oid: number) => { readonly schema: string; readonly name: string } | undefined;
