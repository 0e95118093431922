import type { PublisherAddressDraft } from '../../protocol/subscription.ts';

/** Keywords of a connection string whose values aren't to be kept, wherever they were typed. */
const secretKeyword = /(password|scram_client_key|scram_server_key|oauth_client_secret)\s*=/i;

/** An address that may be kept: where a secret was typed among its further parameters these are `instead`. */
export function withoutSecrets(address: PublisherAddressDraft, instead: string): PublisherAddressDraft {
  return secretKeyword.test(address.more) ? { ...address, more: instead } : address;
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
