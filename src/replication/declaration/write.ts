import type { Declaration } from './shape.ts';

/** Stands above the first line. Nothing of a server is in it: a name could end the comment. */
const head = ` Logical replication of one PostgreSQL database: its publications, subscriptions, replication slots and
 replica identities. It holds no secret: a password is asked for when a subscription is made, and kept when one changes.

 Compare with Server shows how the server differs from this file; Apply to Server makes the plan that brings the server
 here, and shows it before anything is run.

 What is on the server and isn't in this file stays. To have it dropped, say so for each kind:
   prune:
     publications: true
     subscriptions: true
     slots: true
     replicaIdentities: true

 What is left out of an entry stays as it is on the server. Tables and schemas of a publication are listed as a whole: one
 that isn't in the list isn't published any more.`;

/**
 * A declaration as a file. The same declaration always gives the same text; every name in it is data. `explained`:
 * with a comment above it that says what the file is for.
 */
export async function writeDeclaration(
  declaration: Declaration,
  { explained = true }: { readonly explained?: boolean } = {},
): Promise<string> {
  const { Document } = await import('yaml');
  const document = new Document(declaration, { aliasDuplicateObjects: false });
  if (explained) document.commentBefore = head;
  // Lines aren't folded: a folded filter would be hard to read and to compare.
  return document.toString({ lineWidth: 0, nullStr: 'null' });
}
