import type { SubscriptionDraft } from '../../protocol/subscription.ts';
import type { ErrorDescription } from '../../replication/model/errors.ts';
import type { Place } from './publicationRefusal.ts';

/**
 * What in a draft caused the refusal of CREATE or ALTER SUBSCRIPTION or of the slot, by SQLSTATE and message. What the
 * publisher said comes wrapped, under XX000 before 14 and 08006 or 08P01 since, so the text decides there
 * (facts, sections 2.1, 2.4 and 8).
 */
export function placeSubscriptionRefusal(
  error: ErrorDescription,
  draft: Pick<SubscriptionDraft, 'publications'>,
): Place {
  const words = [error.server?.message, error.server?.detail].filter((text) => text !== undefined).join('\n');
  const at = (field: string, object: string | null = null): Place => ({ field, object });
  // What a creation is made from is that there is no subscription of the name yet, nor one of the new tables.
  if (error.kind === 'stalePlan') return at(error.message.startsWith('The table ') ? 'publications' : 'name');
  if (words === '') {
    return ['publisherUnreachable', 'publisherRefused'].includes(error.kind) ? at('connection') : nowhere;
  }
  if (/subscription "[^]*" already exists/.test(words)) return at('name');
  if (/password authentication failed|no password supplied|password is required|must provide a password/i.test(words)) {
    return at('password');
  }
  if (/replication slot/.test(words) || ['42602', '42622'].includes(error.server?.code ?? '')) return at('slot');
  if (/invalid connection string|invalid connection option|could not connect|connection to server/i.test(words)) {
    return at('connection');
  }
  if (/start walsender|start WAL sender|must be superuser or replication role/.test(words)) return at('connection');
  if (/unrecognized (subscription parameter|option)|requires a Boolean value|unrecognized origin value/.test(words)) {
    return at('options');
  }
  if (words.startsWith('relation "') || /cannot use relation/.test(words)) {
    const relation = /relation "([^]*?)" (?:does not exist|as logical)/.exec(words)?.[1];
    return at('publications', relation ?? null);
  }
  if (
    draft.publications.some((name) => words.includes(`publication "${name}"`)) ||
    /different column lists/.test(words)
  ) {
    return at('publications');
  }
  return error.kind === 'publisherUnreachable' ? at('connection') : nowhere;
}

const nowhere: Place = { field: null, object: null };
