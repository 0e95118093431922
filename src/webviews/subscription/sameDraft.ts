import type { PublisherAddressDraft } from '../../protocol/subscription.ts';
import { mentionsSecret } from '../../replication/model/conninfo.ts';

/** An address that may be kept: where a secret was typed among its further parameters these are `instead`. */
export function withoutSecrets(address: PublisherAddressDraft, instead: string): PublisherAddressDraft {
  return mentionsSecret(address.more) ? { ...address, more: instead } : address;
}

/** Whether two drafts say the same, in whatever order their fields came. */
export function sameDraft(one: object, other: object): boolean {
  return sorted(one) === sorted(other);
}

function sorted(value: object): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
