import type { ConnectionFacts } from '../../replication/model/connect.ts';
import type { Plan, Risk } from '../../replication/model/plan.ts';
import { type MovedServer, serversChangedBy } from '../../replication/model/planServers.ts';
import type { Question } from '../confirm.ts';
import { sentenceList } from '../tree/words.ts';
import { planUndoWords } from './undoWords.ts';

/** What must be asked before a plan is run. Decided here, asked by the runner. */
export interface Confirmation {
  /** Null where nothing is lost: then it isn't asked. */
  readonly question: { readonly message: string; readonly detail: string; readonly verb: string } | null;
  /** Connections whose name must be typed, with why. */
  readonly typed: readonly { readonly connectionId: string; readonly name: string; readonly why: string }[];
}

const ranks: Readonly<Record<Risk, number>> = { none: 0, lossy: 1, severe: 2 };

/** The worst risk of a plan's steps. */
export function riskOf(plan: Plan): Risk {
  return plan.steps.reduce<Risk>((worst, { risk }) => (ranks[risk] > ranks[worst] ? risk : worst), 'none');
}

/** What must be asked: a modal where something is lost, the name where it is severe or a server is in production. */
export function confirmationFor(
  plan: Plan,
  facts: (connectionId: string) => ConnectionFacts | undefined,
): Confirmation {
  const risk = riskOf(plan);
  const servers = serversOf(plan);
  const typed = serversChangedBy(plan).flatMap(({ connectionId, serverName }) => {
    const name = facts(connectionId)?.name ?? serverName;
    if (facts(connectionId)?.production) return [{ connectionId, name, why: `${name} is marked as production.` }];
    const severe = plan.steps.some((step) => step.connectionId === connectionId && step.risk === 'severe');
    return severe ? [{ connectionId, name, why: 'This cannot be taken back.' }] : [];
  });
  if (risk === 'none') return { question: null, typed };
  const consequences = plan.steps.flatMap(({ consequence, title, serverName, risk: own }) => {
    if (consequence === null) return own === 'none' ? [] : [`${title} (${serverName}).`];
    return [plan.steps.length > 1 ? `${title}: ${consequence}` : consequence];
  });
  const undo = planUndoWords(plan);
  return {
    question: {
      message: `${plan.title} on ${sentenceList(servers.map(({ serverName }) => serverName))}?`,
      detail: [...new Set([...consequences, ...plan.remarks, ...(undo === null ? [] : [undo])])].join('\n\n'),
      verb: verbOf(plan.title),
    },
    typed,
  };
}

/** What is asked before a plan goes to a connection that leads elsewhere than when it was made. */
export function movedQuestion(plan: Plan, { name, before, now }: MovedServer): Question {
  return {
    message: `${plan.title}: run it on ${now}?`,
    detail: `The connection ${name} leads to ${now} now; when this plan was made, it led to ${before}. After a failover that is right. But a copy that was restored from a backup answers like the server it was made of: make sure that it isn’t one.`,
    verb: 'Run There',
  };
}

/** The servers of a plan, each once, in the order of its steps. */
export function serversOf(plan: Plan): readonly { readonly connectionId: string; readonly serverName: string }[] {
  const servers = new Map(plan.steps.map(({ connectionId, serverName }) => [connectionId, serverName]));
  return [...servers].map(([connectionId, serverName]) => ({ connectionId, serverName }));
}

/** Titles are verb phrases: the first word goes on the button. */
function verbOf(title: string): string {
  return /^\p{L}+/u.exec(title)?.[0] ?? 'Run';
}
