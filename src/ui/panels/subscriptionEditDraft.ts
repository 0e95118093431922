import type { SubscriptionEditDraft } from '../../protocol/subscriptionEdit.ts';
import type { SecretConninfo, SubscriptionChange } from '../../replication/model/choices.ts';
import { editConninfo, shownPairs } from '../../replication/model/editConninfo.ts';
import type { Problem } from '../../replication/model/plan.ts';
import type { NewTables } from '../../replication/model/reads.ts';
import type { Secret } from '../../replication/model/secret.ts';
import type { Subscription } from '../../replication/model/subscription.ts';
import { presentOptions } from '../../replication/operations/subscription/subscriptionOptions.ts';
import { addressOf, readAddress } from './subscriptionChoice.ts';

/** A draft that changes nothing: the subscription as it is. `conninfo` is null where it may not be read. */
export function presentDraft(subscription: Subscription, conninfo: SecretConninfo | null): SubscriptionEditDraft {
  return {
    name: subscription.name,
    enabled: subscription.enabled,
    address: addressOf(shownPairs(conninfo ?? [])),
    ...(subscription.foreignServer === undefined ? {} : { foreignServer: subscription.foreignServer }),
    publications: [...subscription.publications],
    // The server refreshes only what is enabled, and copies nothing any more once two-phase commit is in force.
    refresh: subscription.enabled,
    copyData: subscription.options.twoPhase !== 'enabled',
    hasSlot: subscription.slotName !== null,
    slotName: subscription.slotName ?? '',
    options: presentOptions(subscription.options),
  };
}

/** A draft as a change of what is there, and what of it can't be one. */
export interface ReadChange {
  readonly change: SubscriptionChange;
  readonly problems: readonly Problem[];
}

/**
 * What a draft changes of `present`. `conninfo` is the connection string that is stored, null where it may not be read:
 * then it isn't touched. A password that was typed replaces the stored one, and nothing else of it is lost. `newTables` are
 * made with publications that are new.
 */
export function readChange(
  draft: SubscriptionEditDraft,
  present: SubscriptionEditDraft,
  conninfo: SecretConninfo | null,
  password: Secret | null,
  newTables: NewTables | null = null,
): ReadChange {
  const { pairs, problems } = readAddress(draft.address);
  const moved = JSON.stringify(draft.address) !== JSON.stringify(present.address);
  const server = draft.foreignServer ?? null;
  // One that leaves its foreign server has no connection string of its own yet.
  const leaves = server === null && (present.foreignServer ?? null) !== null;
  const stored = leaves ? [] : conninfo;
  const connects = server === null && stored !== null && (leaves || moved || password !== null);
  const names = draft.publications.filter((name) => name !== '');
  const read = sameNames(names, present.publications);
  return {
    problems: connects ? problems : [],
    change: {
      ...(draft.name === present.name ? {} : { name: draft.name }),
      ...(draft.enabled === present.enabled ? {} : { enabled: draft.enabled }),
      ...(connects ? { connection: { conninfo: changedConninfo(stored, pairs, password), before: conninfo } } : {}),
      ...(server === null || server === present.foreignServer
        ? {}
        : { foreignServer: { name: server, before: conninfo } }),
      ...(read
        ? {}
        : {
            publications: {
              names,
              refresh: draft.refresh,
              copyData: draft.copyData,
              ...(newTables ? { newTables } : {}),
            },
          }),
      ...(draft.hasSlot === present.hasSlot && draft.slotName === present.slotName
        ? {}
        : { slotName: draft.hasSlot ? draft.slotName : null }),
      options: changedOptions(draft.options, present.options),
    },
  };
}

/** Only the options whose value differs. */
function changedOptions(
  wanted: SubscriptionEditDraft['options'],
  present: SubscriptionEditDraft['options'],
): SubscriptionEditDraft['options'] {
  const changed = Object.entries(wanted).filter(([key, value]) => present[key as keyof typeof present] !== value);
  return Object.fromEntries(changed);
}

/** Keywords of the secrets in a connection string. */
export function secretKeywords(conninfo: SecretConninfo): readonly string[] {
  return conninfo.filter(([, value]) => typeof value !== 'string').map(([keyword]) => keyword);
}

/** A connection string with these pairs in place of its own; its secrets stay, but for a password that is given. */
function changedConninfo(
  before: SecretConninfo,
  pairs: readonly (readonly [keyword: string, value: string])[],
  password: Secret | null,
): SecretConninfo {
  const gone = shownPairs(before).map(([keyword]) => [keyword, null] as const);
  const fields = { ...Object.fromEntries<string | null>(gone), ...Object.fromEntries(pairs) };
  return editConninfo(before, password === null ? fields : { ...fields, password });
}

function sameNames(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name) => other.includes(name));
}
