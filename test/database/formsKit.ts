import assert from 'node:assert/strict';

import type {
  FormReader,
  PublicationDraft,
  PublicationRequest,
  PublicationUpdate,
} from '../../src/protocol/publication.ts';
import type { SubscriptionDraft, SubscriptionRequest, SubscriptionUpdate } from '../../src/protocol/subscription.ts';
import type { Plan } from '../../src/replication/model/plan.ts';
import { PublicationForm } from '../../src/ui/panels/publicationForm.ts';
import { SubscriptionForm } from '../../src/ui/panels/subscriptionForm.ts';
import type { PlanRunner } from '../../src/ui/services.ts';
import { eventually } from '../support/eventually.ts';
import type { Bench } from './operationsKit.ts';

/** A form as its page sees it: what it posts, and what became of it. */
export interface PlayedForm<Request, Update extends { readonly type: string }, Draft> {
  readonly posted: readonly Update[];
  /** Names of what was created. */
  readonly created: readonly string[];
  send(message: Request): Promise<void>;
  /** The first message of this type from here on, or since the last call. */
  next<Type extends Update['type']>(type: Type): Promise<Extract<Update, { type: Type }>>;
  /** Has a draft reviewed. */
  review(draft: Draft): Promise<Extract<Update, { type: 'review' }>>;
  /** Creates, and gives the refusal; null where it was created. */
  create(draft: Draft): Promise<Extract<Update, { type: 'refused' }> | null>;
  dispose(): void;
}

export const publicationDraft: PublicationDraft = {
  name: 'orders_pub',
  scope: 'chosen',
  schemas: [],
  tables: [],
  operations: { insert: true, update: true, delete: true, truncate: false },
  viaRoot: false,
  generatedColumns: 'none',
};

export const subscriptionDraft: SubscriptionDraft = {
  subscriberConnectionId: null,
  publisherKind: 'known',
  publisherConnectionId: null,
  name: 'orders_sub',
  address: { host: '', port: '', database: '', user: '', more: '' },
  useSavedPassword: true,
  publications: [],
  enabled: true,
  copyData: true,
  slotMode: 'create',
  slotName: '',
  options: {},
  waitSeconds: '20',
};

/** Runs plans as the real runner does for a form, without asking. */
export function planRunner(bench: Bench): PlanRunner {
  return {
    run: (plan, options = {}) => {
      assert.equal(options.quiet, true);
      const { onProgress, signal } = options;
      return bench.run(plan, { ...(onProgress ? { onProgress } : {}), ...(signal ? { signal } : {}) });
    },
    preview: (_plan: Plan) => Promise.resolve(),
  };
}

/** The Publication form on a connection of the bench: of a new publication, or of one that is edited. */
export function playPublication(
  bench: Bench,
  connectionId: string,
  edit: { readonly publication?: string; readonly readers?: readonly FormReader[] } = {},
): PlayedForm<PublicationRequest, PublicationUpdate, PublicationDraft> {
  const posted: PublicationUpdate[] = [];
  const created: string[] = [];
  const form = new PublicationForm(
    {
      service: bench.service,
      connections: bench.connections,
      plans: planRunner(bench),
      readers: () => edit.readers ?? [],
      post: (message) => posted.push(message),
      copy: () => Promise.resolve(),
      created: (name) => Promise.resolve(void created.push(name)),
      showTables: () => Promise.resolve(),
      dismiss: () => {},
    },
    edit.publication === undefined
      ? { connectionId, publication: null, draft: publicationDraft }
      : { connectionId, publication: edit.publication, draft: null },
  );
  void form.show();
  return play(form, posted, created);
}

/** The Subscription form over the connections of the bench. */
export function playSubscription(
  bench: Bench,
  draft: Partial<SubscriptionDraft>,
): PlayedForm<SubscriptionRequest, SubscriptionUpdate, SubscriptionDraft> {
  const posted: SubscriptionUpdate[] = [];
  const created: string[] = [];
  const { connections } = bench;
  const form = new SubscriptionForm(
    {
      service: bench.service,
      connections: {
        facts: (id) => connections.facts(id),
        params: (id) => connections.params(id),
        all: () => connections.all(),
        hasPassword: async (id) => (await connections.params(id)).password !== undefined,
      },
      plans: planRunner(bench),
      applicationName: 'forms test',
      post: (message) => posted.push(message),
      copy: () => Promise.resolve(),
      created: (_subscriber, name) => Promise.resolve(void created.push(name)),
      dismiss: () => {},
      remedies: {
        setReplicaIdentity: () => Promise.resolve(),
        openSettings: () => Promise.resolve(),
        createRole: () => Promise.resolve(),
      },
    },
    { ...subscriptionDraft, ...draft },
    false,
  );
  form.show();
  return play(form, posted, created);
}

function play<Request, Update extends { readonly type: string }, Draft>(
  form: { handle(message: Request): Promise<void>; dispose(): void },
  posted: Update[],
  created: string[],
): PlayedForm<Request, Update, Draft> {
  let from = 0;
  let sequence = 0;
  type Of<Type extends Update['type']> = Extract<Update, { type: Type }>;
  const next = async <Type extends Update['type']>(type: Type): Promise<Of<Type>> => {
    const index = await eventually(
      () => {
        const found = posted.findIndex((message, at) => at >= from && message.type === type);
        return found < 0 ? null : found + 1;
      },
      { what: `a message ${type}`, within: 20_000 },
    );
    from = index;
    return posted[index - 1] as Of<Type>;
  };
  return {
    posted,
    created,
    next,
    send: (message) => form.handle(message),
    review: async (draft) => {
      sequence += 1;
      await form.handle({ type: 'draft', sequence, draft } as Request);
      return posted.findLast((message) => message.type === 'review') as Of<'review'>;
    },
    create: async (draft) => {
      const before = posted.length;
      await form.handle({ type: 'create', draft } as Request);
      return (posted.slice(before).find((message) => message.type === 'refused') ?? null) as Of<'refused'> | null;
    },
    dispose: () => form.dispose(),
  };
}
