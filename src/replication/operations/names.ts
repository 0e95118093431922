/** The longest name PostgreSQL keeps, in bytes of the server's encoding (NAMEDATALEN - 1). */
const longestName = 63;

/**
 * What is wrong with a name for a new publication or subscription; null where nothing is. Any character may
 * be in it but a zero byte; a name that is too long would be cut off silently. The encoding is taken to be UTF-8.
 */
export function checkObjectName(
  noun: 'publication' | 'subscription',
  name: string,
  taken: readonly string[],
): string | null {
  if (name === '') return `Give the ${noun} a name.`;
  if (name.includes('\0')) return 'A name can’t hold a zero byte.';
  const bytes = new TextEncoder().encode(name).length;
  if (bytes > longestName) return `The name is ${bytes} bytes long; PostgreSQL keeps ${longestName}.`;
  if (taken.includes(name)) return `There is already a ${noun} called ${name}.`;
  return null;
}

/** What is wrong with a name for a new role; null where nothing is. PostgreSQL keeps `pg_…`, public and none for itself. */
export function checkRoleName(name: string): string | null {
  if (name === '') return 'Give the role a name.';
  if (name.includes('\0')) return 'A name can’t hold a zero byte.';
  if (name.startsWith('pg_') || name === 'public' || name === 'none')
    return `PostgreSQL keeps the name ${name} for itself.`;
  const bytes = new TextEncoder().encode(name).length;
  return bytes > longestName ? `The name is ${bytes} bytes long; PostgreSQL keeps ${longestName}.` : null;
}

/**
 * What is wrong with the name of a replication slot; null where nothing is. PostgreSQL allows lower-case
 * letters, digits and the underscore, 63 at the most (slot.c, ReplicationSlotValidateName).
 */
export function slotNameFault(name: string): string | null {
  if (name === '') return 'Give the replication slot a name.';
  if (!/^[a-z0-9_]+$/.test(name)) {
    return 'The name of a replication slot may hold only lower-case letters a to z, digits and underscores.';
  }
  if (name.length > longestName) return `The name is ${name.length} characters long; PostgreSQL allows ${longestName}.`;
  if (name === 'pg_conflict_detection') return 'PostgreSQL keeps the name pg_conflict_detection for itself.';
  return null;
}

/**
 * The slot name for a subscription: its own name where a slot can have it (PostgreSQL's default), otherwise
 * the nearest name that a slot can have. Never "none", which as an option means "no slot".
 */
export function slotNameFor(subscriptionName: string): string {
  if (subscriptionName !== 'none' && slotNameFault(subscriptionName) === null) return subscriptionName;
  const plain = subscriptionName
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, longestName - '_slot'.length);
  return plain === '' ? 'subscription_slot' : `${plain}_slot`;
}
