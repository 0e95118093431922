import type { ConnectionTarget } from '../../replication/model/connect.ts';
import { formatConninfo } from '../../replication/model/conninfo.ts';
import type { Plan, Step } from '../../replication/model/plan.ts';
import { serversChangedBy } from '../../replication/model/planServers.ts';
import type { Secret } from '../../replication/model/secret.ts';
import { renderRedacted } from '../../replication/postgres/statement.ts';
import { commentedSql } from './entryText.ts';
import { holdsSecret, psqlArgument, psqlStatement } from './psqlText.ts';
import { comment } from './sqlText.ts';
import { conninfoLabel, verifierStart } from './storedPlan.ts';
import { noUndoWords } from './undoWords.ts';

/** What a runbook is written from. */
export interface RunbookParts {
  readonly plan: Plan;
  /** Where a connection leads to; undefined for one that is no longer known. */
  readonly target: (connectionId: string) => ConnectionTarget | undefined;
  /** "11/21/2026, 4:23:12 AM" */
  readonly madeAt: string;
}

/**
 * A plan as a script for psql: who runs it needs neither the editor nor its connections. No secret is in it: psql asks
 * for each. Every statement is sent by itself, so that those that can't be in a transaction block aren't in one.
 */
export function runbookText({ plan, target, madeAt }: RunbookParts): string {
  const secrets = new RunbookSecrets();
  const blocks: string[] = [header(plan, target, madeAt), settings];
  let connectedTo: string | undefined;
  for (const step of plan.steps) {
    if (connectedTo !== step.connectionId) blocks.push(connectText(step, target(step.connectionId)));
    connectedTo = step.connectionId;
    blocks.push(stepText(step, plan.steps.length, secrets));
  }
  blocks.push(String.raw`\echo 'All steps were carried out.'`, undoText(plan));
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

/** The name of the file: plain letters, digits, and what stands between them: "create-publication-orders_pub.sql". */
export function runbookFileName(title: string): string {
  const plain = title
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 80);
  return `${plain === '' ? 'runbook' : plain}.sql`;
}

const settings = [
  '-- The first statement that fails ends the script. Nothing is taken back by that: see the end.',
  String.raw`\set ON_ERROR_STOP on`,
  String.raw`\set AUTOCOMMIT on`,
  String.raw`\set ECHO none`,
].join('\n');

function header(plan: Plan, target: RunbookParts['target'], madeAt: string): string {
  const servers = serversChangedBy(plan).map(({ connectionId, serverName, direct }) => {
    const place = target(connectionId);
    const where = place
      ? `host ${place.host}, port ${place.port}, database ${place.database}, user ${place.user}`
      : 'the connection is no longer known';
    return `Server: ${serverName} (${where})${direct ? '' : ', changed from another server'}`;
  });
  const risks = plan.steps.flatMap(({ title, consequence }) =>
    consequence === null ? [] : [`${title}: ${consequence}`],
  );
  const asked = plan.steps.some(({ statement }) => holdsSecret(statement));
  return [
    plan.title,
    `Made on ${madeAt}`,
    ...servers,
    ...plan.remarks.map((remark) => `Note: ${remark}`),
    ...risks.map((risk) => `Risk: ${risk}`),
    'psql asks for the password of each server, or takes it from the password file.',
    ...(asked
      ? [
          'It also asks for the passwords that stand in the statements. They show while they are typed, and each is part of the statement that is sent: a server that logs statements logs it.',
        ]
      : []),
  ]
    .flatMap(comment)
    .concat(['-- Run it with:', `--   ${commandLine(plan, target)}`])
    .join('\n');
}

/** psql connects somewhere before it reads a script: to the first server, then. */
function commandLine(plan: Plan, target: RunbookParts['target']): string {
  const [first] = plan.steps;
  const place = first && target(first.connectionId);
  const conninfo = place ? ` ${shellWord(formatConninfo(conninfoOf(place)))}` : '';
  return `psql -X -f FILE${conninfo}`.replaceAll(/[\s\u0085]+/g, ' ');
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function connectText(step: Step, target: ConnectionTarget | undefined): string {
  const name = comment(`On ${step.serverName}`);
  if (target) return [...name, String.raw`\connect ${psqlArgument(formatConninfo(conninfoOf(target)))}`].join('\n');
  const database = step.plannedFor ? `, database ${step.plannedFor.database}` : '';
  const prompt = `Connection string of ${step.serverName}${database} (host=… port=… dbname=… user=…): `;
  return [
    ...name,
    String.raw`\prompt ${psqlArgument(prompt)} runbook_server`,
    String.raw`\connect :runbook_server`,
  ].join('\n');
}

function conninfoOf(target: ConnectionTarget): readonly (readonly [string, string])[] {
  const files = [
    ['sslrootcert', target.sslRootCert],
    ['sslcert', target.sslCert],
    ['sslkey', target.sslKey],
  ] as const;
  return [
    ['host', target.host],
    ['port', String(target.port)],
    ['dbname', target.database],
    ['user', target.user],
    ['sslmode', target.sslMode],
    // libpq doesn't know "~".
    ...files.flatMap(([keyword, file]) =>
      file === undefined || file.startsWith('~') ? [] : [[keyword, file] as const],
    ),
  ];
}

function stepText(step: Step, total: number, secrets: RunbookSecrets): string {
  const place = total > 1 ? `Step ${step.id} of ${total}, on ${step.serverName}` : `On ${step.serverName}`;
  const limit = step.wait === null ? null : Math.round(step.wait.limitMs);
  const secret = holdsSecret(step.statement);
  const names = secrets.ask(step);
  return [
    ...comment(`${place}: ${step.title}`),
    ...(step.consequence === null ? [] : comment(step.consequence)),
    ...(step.transactional ? [] : ['-- Not inside a transaction block.']),
    String.raw`\echo ${psqlArgument(`${place}: ${step.title}`)}`,
    ...names.map(({ name, label }) => String.raw`\prompt ${psqlArgument(`Type ${label}: `)} ${name}`),
    ...(limit === null ? [] : [`SET statement_timeout = ${limit};`]),
    // So that an error doesn't quote the statement.
    ...(secret ? [String.raw`\set VERBOSITY terse`] : []),
    psqlStatement(step.statement, (one) => secrets.nameOf(one)),
    ...(secret ? [String.raw`\set VERBOSITY default`] : []),
    ...(limit === null ? [] : ['RESET statement_timeout;']),
  ].join('\n');
}

function undoText(plan: Plan): string {
  const backwards = plan.steps.filter(({ changesNothing }) => !changesNothing).toReversed();
  const lines = [
    ...backwards.filter(({ undo }) => !undo?.afterwards),
    ...backwards.filter(({ undo }) => undo?.afterwards),
  ].flatMap(({ title, serverName, undo, noUndo }) =>
    undo === null
      ? comment(`${title} (${serverName}): ${noUndoWords(noUndo === undefined ? {} : { noUndo })}`)
      : [...comment(`On ${serverName}: ${undo.title}`), ...commentedSql(renderRedacted(undo.statement))],
  );
  return ['-- To take back what was done, in this order:', ...lines].join('\n');
}

/** The variables that psql is to ask for; a secret that stands in several statements is asked for once. */
class RunbookSecrets {
  readonly #asked: { readonly secret: Secret; readonly label: string; readonly name: string }[] = [];
  readonly #names = new Map<Secret, string>();

  /** Those that this step needs and that weren't asked for before it. */
  ask(step: Step): readonly { readonly name: string; readonly label: string }[] {
    const before = this.#asked.length;
    for (const part of step.statement) {
      if (typeof part === 'string') continue;
      if ('literal' in part) {
        // psql hashes nothing: a plain password that is typed here would stand in the server's log.
        const hashed = part.literal.startsWith(verifierStart);
        this.#add(part.literal, hashed ? `${part.label}, hashed (its SCRAM verifier)` : part.label);
        continue;
      }
      for (const [keyword, value] of part.conninfo) {
        if (typeof value !== 'string') this.#add(value, conninfoLabel(keyword, part.conninfo));
      }
    }
    return this.#asked.slice(before);
  }

  nameOf(secret: Secret): string {
    return this.#names.get(secret) ?? '';
  }

  #add(secret: Secret, label: string): void {
    let known = this.#asked.find((one) => one.label === label && one.secret.equals(secret));
    if (!known) {
      known = { secret, label, name: `password_${this.#asked.length + 1}` };
      this.#asked.push(known);
    }
    this.#names.set(secret, known.name);
  }
}
