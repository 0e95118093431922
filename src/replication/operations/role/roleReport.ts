import type { ReplicationLogin, RoleAccess } from '../../model/reads.ts';
import type { Provider } from '../../providers/provider.ts';
import type { PlanTarget } from '../target.ts';
import { count, listInWords, tableLabel } from '../words.ts';
import { mayReplicate } from './createRole.ts';
import { roleNeeds, whatIsLacking } from './roleNeeds.ts';

/** One thing that was looked at. `null`: it couldn't be. */
export interface RoleFinding {
  readonly ok: boolean | null;
  readonly text: string;
}

/**
 * Whether a role can replicate these publications: its attribute, CONNECT, USAGE, SELECT, row-level security, and the
 * replication connection that was tried (null where it wasn't). Throws ReplicationError 'missing' for a publication
 * that isn't there.
 */
export function roleReport(
  target: PlanTarget,
  access: RoleAccess,
  publications: readonly string[],
  login: ReplicationLogin | null,
  provider: Provider,
): readonly RoleFinding[] {
  if (!access.exists) return [{ ok: false, text: `There is no role ${access.role} on ${target.serverName}.` }];
  const needs = roleNeeds(target, { publications, futureSchemas: [] });
  const lacking = whatIsLacking(target, needs, access);
  const right =
    provider.right.kind === 'membership' ? `membership of ${provider.right.role}` : 'the REPLICATION attribute';
  const hidden = access.tables.filter(({ rowSecurity }) => rowSecurity);
  const names = (tables: readonly { readonly schema: string; readonly name: string }[]): string =>
    listInWords(tables.map(({ schema, name }) => tableLabel(schema, name)));
  const { database } = target.snapshot.inventory.server;
  return [
    finding(mayReplicate(access), `It may replicate.`, `It lacks ${right}.`),
    finding(access.login, 'It may log in.', 'It may not log in (NOLOGIN).'),
    finding(!lacking.connect, `It may connect to ${database}.`, `It lacks CONNECT on the database ${database}.`),
    finding(
      lacking.schemas.length === 0,
      `It may use the schemas of the published tables.`,
      `It lacks USAGE on the schema ${listInWords(lacking.schemas)}.`,
    ),
    finding(
      lacking.tables.length === 0,
      `It may read ${count(needs.tables.length, 'published table')}.`,
      `It lacks SELECT on ${names(lacking.tables)}, so that the initial copy fails.`,
    ),
    ...(hidden.length === 0
      ? []
      : [
          {
            ok: false,
            text: `Row-level security hides rows of ${names(hidden)} from it: the initial copy leaves them out.`,
          },
        ]),
    loginFinding(login),
  ];
}

function finding(ok: boolean, good: string, bad: string): RoleFinding {
  return { ok, text: ok ? good : bad };
}

function loginFinding(login: ReplicationLogin | null): RoleFinding {
  if (login === null) return { ok: null, text: 'No replication connection was tried: that needs its password.' };
  if (login.ok) {
    return {
      ok: true,
      text: `A replication connection was opened; the server identified itself as ${login.systemIdentifier ?? 'unknown'}.`,
    };
  }
  return { ok: false, text: [login.error?.message, login.error?.advice].filter(Boolean).join(' ') };
}

/** The report as lines to be read. */
export function reportText(findings: readonly RoleFinding[]): string {
  return findings.map(({ ok, text }) => `${ok === null ? '–' : ok ? '✓' : '✗'} ${text}`).join('\n');
}
