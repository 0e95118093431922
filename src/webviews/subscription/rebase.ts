import type { SubscriptionEditDraft } from '../../protocol/subscriptionEdit.ts';

/** A draft over what is there now, and what changed under it, in words. */
export interface Rebased {
  readonly draft: SubscriptionEditDraft;
  /** Changed on the server, and left alone by the person: taken over. */
  readonly taken: readonly string[];
  /** Changed on the server and in the draft too: the draft's stands, and would change it again. */
  readonly clashing: readonly string[];
}

type Part = Partial<SubscriptionEditDraft>;

const optionWords: Readonly<Record<keyof SubscriptionEditDraft['options'], string>> = {
  synchronousCommit: 'synchronous_commit',
  binary: 'binary',
  streaming: 'streaming',
  twoPhase: 'two_phase',
  disableOnError: 'disable_on_error',
  passwordRequired: 'password_required',
  runAsOwner: 'run_as_owner',
  origin: 'origin',
  failover: 'failover',
  retainDeadTuples: 'retain_dead_tuples',
  maxRetentionDuration: 'max_retention_duration',
  walReceiverTimeout: 'wal_receiver_timeout',
};

/** The parts of a draft that change on their own, and what each is called. */
const parts: readonly {
  readonly words: string;
  readonly of: (draft: SubscriptionEditDraft) => Part;
}[] = [
  { words: 'the name', of: ({ name }) => ({ name }) },
  { words: 'whether it is enabled', of: ({ enabled }) => ({ enabled }) },
  { words: 'the connection', of: ({ address }) => ({ address }) },
  { words: 'the foreign server', of: ({ foreignServer }) => ({ foreignServer: foreignServer ?? null }) },
  { words: 'the publications', of: ({ publications }) => ({ publications }) },
  { words: 'the replication slot', of: ({ hasSlot, slotName }) => ({ hasSlot, slotName }) },
];

/**
 * A draft that was begun over `base`, over what is there `now`: what the person left alone follows the server, what
 * they changed stays as they want it.
 */
export function rebase(draft: SubscriptionEditDraft, base: SubscriptionEditDraft, now: SubscriptionEditDraft): Rebased {
  const taken: string[] = [];
  const clashing: string[] = [];
  /** True where what is there now is to be taken. */
  const follows = (words: string, wanted: unknown, before: unknown, present: unknown): boolean => {
    if (same(before, present)) return false;
    if (same(wanted, before)) {
      taken.push(words);
      return true;
    }
    if (!same(wanted, present)) clashing.push(words);
    return false;
  };
  let result = draft;
  for (const { of, words } of parts) {
    if (follows(words, of(draft), of(base), of(now))) result = { ...result, ...of(now) };
  }
  const options = { ...draft.options };
  for (const key of Object.keys({ ...base.options, ...now.options }) as (keyof typeof options)[]) {
    if (!follows(optionWords[key], draft.options[key], base.options[key], now.options[key])) continue;
    Object.assign(options, { [key]: now.options[key] });
  }
  return { draft: { ...result, options }, taken, clashing };
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
