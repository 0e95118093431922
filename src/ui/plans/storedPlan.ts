import type { Plan, Step, StepUndo } from '../../replication/model/plan.ts';
import { Secret } from '../../replication/model/secret.ts';
import type { Statement, StatementPart } from '../../replication/model/statement.ts';

/** How every SCRAM verifier begins (PostgreSQL, pg_authid.rolpassword). */
export const verifierStart = 'SCRAM-SHA-256$';

/** Where a secret stood: what it was, in words. Nothing of the secret itself. */
export interface StoredSecret {
  readonly secret: string;
  /** It was the SCRAM verifier of a password: what is typed for it has to be made into one. */
  readonly verifier?: true;
}

/** A part of a statement as plain data, as StatementPart. */
export type StoredPart =
  | string
  | { readonly conninfo: readonly (readonly [keyword: string, value: string | StoredSecret])[] }
  | { readonly literal: StoredSecret; readonly label: string };
export type StoredStatement = readonly StoredPart[];

type Held<Whole, Key extends keyof Whole> = Omit<Whole, Key>;

/** A step as plain data. What is only asked of a server (effect, leftovers) holds no secret, and is kept as it is. */
export interface StoredStep extends Held<Step, 'statement' | 'undo'> {
  readonly statement: StoredStatement;
  readonly undo: (Omit<StepUndo, 'statement'> & { readonly statement: StoredStatement }) | null;
}

/** A plan as plain data, to be kept across restarts. */
export interface StoredPlan extends Held<Plan, 'steps'> {
  readonly steps: readonly StoredStep[];
}

/** A secret that a stored plan needs before it can be run. */
export interface WantedSecret {
  /** "the password of repl for shop on db-1:5432" */
  readonly label: string;
  /** Where it is the password of a connection string: whom it logs in, and where. */
  readonly login: Readonly<Record<string, string>> | null;
  /** As StoredSecret.verifier. */
  readonly verifier: boolean;
  /** Known connections to the server that it may be for. */
  readonly connectionIds: readonly string[];
}

/** A plan without its secrets. The same secret gets the same label wherever it stands, two different ones never do. */
export function storePlan(plan: Plan): StoredPlan {
  const labels = new SecretLabels();
  const steps = plan.steps.map((step): StoredStep => {
    const { effect, leftovers, alsoChanges, plannedFor, undo, ...rest } = step;
    return {
      ...rest,
      ...(effect ? { effect: withoutSecrets(effect) } : {}),
      ...(leftovers ? { leftovers: leftovers.map((leftover) => ({ ...leftover })) } : {}),
      ...(alsoChanges ? { alsoChanges: alsoChanges.map((server) => ({ ...server })) } : {}),
      ...(plannedFor ? { plannedFor: { ...plannedFor } } : {}),
      statement: step.statement.map((part) => storePart(part, labels, '')),
      undo: undo && {
        ...undo,
        statement: undo.statement.map((part) => storePart(part, labels, ', as it was before')),
      },
    };
  });
  return { ...plan, steps };
}

/** Gives the secret that a label stands for; undefined where nobody asked for it. */
export type SecretFor = (label: string) => Secret | undefined;

/**
 * The plan again, with the secrets that its labels stand for. Where one is missing the statement isn't to be run (it was
 * carried out already), and an undo that needs it isn't there.
 */
export function revivePlan(stored: StoredPlan, secretFor: SecretFor): Plan {
  const statement = (parts: StoredStatement): Statement =>
    parts.map((part) => revivePart(part, (label) => secretFor(label) ?? new Secret('')));
  return {
    ...stored,
    steps: stored.steps.map(({ undo, ...step }) => {
      const known = undo?.statement.flatMap(wantedIn).every(({ label }) => secretFor(label) !== undefined);
      return {
        ...step,
        statement: statement(step.statement),
        undo: undo && known ? { ...undo, statement: statement(undo.statement) } : null,
      };
    }),
  };
}

/** The plan to be shown, looked at or written down, never to be run: its secrets are empty. */
export function planToRead(stored: StoredPlan): Plan {
  return revivePlan(stored, () => new Secret(''));
}

/**
 * The plan to be written down as a script: its secrets are told apart by what they were, and those that were sent as
 * verifiers still begin as such, so that nobody is asked for the password itself, which the server would log.
 */
export function planToWrite(stored: StoredPlan): Plan {
  const ids = stored.steps.map(({ id }) => id);
  const wanted = [...wantedSecrets(stored, ids, 'run'), ...wantedSecrets(stored, ids, 'undo')];
  const verifiers = new Set(wanted.filter(({ verifier }) => verifier).map(({ label }) => label));
  return revivePlan(stored, (label) => new Secret(verifiers.has(label) ? `${verifierStart}${label}` : label));
}

/** What has to be asked for to run (or to undo) these steps, each secret once. */
export function wantedSecrets(
  stored: StoredPlan,
  stepIds: readonly string[],
  way: 'run' | 'undo',
): readonly WantedSecret[] {
  const wanted = new Map<string, WantedSecret>();
  for (const step of stored.steps.filter(({ id }) => stepIds.includes(id))) {
    const connectionIds = (step.alsoChanges ?? []).map(({ connectionId }) => connectionId);
    for (const part of (way === 'run' ? step.statement : step.undo?.statement) ?? []) {
      for (const found of wantedIn(part)) wanted.set(found.label, { ...found, connectionIds });
    }
  }
  return [...wanted.values()];
}

function wantedIn(part: StoredPart): readonly Omit<WantedSecret, 'connectionIds'>[] {
  if (typeof part === 'string') return [];
  if ('literal' in part) {
    return [{ label: part.literal.secret, login: null, verifier: part.literal.verifier === true }];
  }
  const login = Object.fromEntries(
    part.conninfo.filter((pair): pair is readonly [string, string] => typeof pair[1] === 'string'),
  );
  return part.conninfo.flatMap(([keyword, value]) =>
    typeof value === 'string'
      ? []
      : [{ label: value.secret, login: keyword === 'password' ? login : null, verifier: false }],
  );
}

/** Which words stand for which secret of one plan. */
class SecretLabels {
  readonly #known: { readonly secret: Secret; readonly label: string }[] = [];

  of(secret: Secret, label: string, place: string): StoredSecret {
    const verifier = secret.startsWith(verifierStart) ? ({ verifier: true } as const) : {};
    const known = this.#known.find((one) => one.secret.equals(secret) && one.label.startsWith(label));
    if (known) return { secret: known.label, ...verifier };
    let free = this.#taken(label) ? `${label}${place}` : label;
    for (let number = 2; this.#taken(free); number++) free = `${label}${place} (${number})`;
    this.#known.push({ secret, label: free });
    return { secret: free, ...verifier };
  }

  #taken(label: string): boolean {
    return this.#known.some((one) => one.label === label);
  }
}

function storePart(part: StatementPart, labels: SecretLabels, place: string): StoredPart {
  if (typeof part === 'string') return part;
  if ('literal' in part) return { literal: labels.of(part.literal, part.label, place), label: part.label };
  return {
    conninfo: part.conninfo.map(([keyword, value]): readonly [string, string | StoredSecret] => [
      keyword,
      value instanceof Secret ? labels.of(value, conninfoLabel(keyword, part.conninfo), place) : value,
    ]),
  };
}

function revivePart(part: StoredPart, secretFor: (label: string) => Secret): StatementPart {
  if (typeof part === 'string') return part;
  if ('literal' in part) return { literal: secretFor(part.literal.secret), label: part.label };
  return {
    conninfo: part.conninfo.map(([keyword, value]): readonly [string, string | Secret] => [
      keyword,
      typeof value === 'string' ? value : secretFor(value.secret),
    ]),
  };
}

/** "the password of repl for shop on db-1:5432" */
export function conninfoLabel(keyword: string, pairs: readonly (readonly [string, unknown])[]): string {
  const value = (name: string): string | null => {
    const found = pairs.find(([candidate]) => candidate === name)?.[1];
    return typeof found === 'string' && found !== '' ? found : null;
  };
  const [user, database, host, port] = ['user', 'dbname', 'host', 'port'].map(value);
  return [
    keyword === 'password' ? 'the password' : `the value of ${keyword}`,
    user && `of ${user}`,
    database && `for ${database}`,
    host && `on ${host}${port ? `:${port}` : ''}`,
  ]
    .filter(Boolean)
    .join(' ');
}

/** What is asked of a server holds no secret; were there one, it is left out rather than kept. */
function withoutSecrets(statement: Statement): Statement {
  return statement.filter((part) => typeof part === 'string');
}

/** Whether something that was read from the storage is a stored plan. */
export function isStoredPlan(value: unknown): value is StoredPlan {
  if (!isRecord(value) || typeof value['id'] !== 'string' || typeof value['title'] !== 'string') return false;
  const { steps, remarks } = value;
  return Array.isArray(remarks) && Array.isArray(steps) && steps.every(isStoredStep);
}

function isStoredStep(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { id, connectionId, serverName, title, statement, undo } = value;
  return (
    [id, connectionId, serverName, title].every((text) => typeof text === 'string') &&
    Array.isArray(statement) &&
    (undo === null || (isRecord(undo) && Array.isArray(undo['statement'])))
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
