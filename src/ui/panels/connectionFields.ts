import path from 'node:path';

import {
  type Connection,
  type ConnectionDraft,
  defaultApplicationName,
  defaultConnectTimeoutSeconds,
  defaultStatementTimeoutMs,
  readColor,
  suggestName,
  targetDefaults,
} from '../../connections/connection.ts';
import type { ConnectionFields, FileField } from '../../protocol/connection.ts';
import type { ConnectionTarget } from '../../replication/model/connect.ts';
import type { ParsedConninfo } from '../../replication/model/conninfo.ts';
import { targetFromConninfo } from '../../replication/model/conninfoTarget.ts';
import type { Problem } from '../../replication/model/plan.ts';
import { parseBytes, sizeText } from '../../replication/model/quantity.ts';

/** Fields of a connection that is still to be filled in. */
export function emptyFields(): ConnectionFields {
  return {
    name: '',
    host: 'localhost',
    port: '5432',
    database: '',
    user: '',
    sslMode: 'prefer',
    sslRootCert: '',
    sslCert: '',
    sslKey: '',
    connectTimeout: String(defaultConnectTimeoutSeconds),
    statementTimeout: String(defaultStatementTimeoutMs / 1000),
    applicationName: defaultApplicationName,
    walVolume: '',
    folder: '',
    color: '',
    production: false,
    readOnly: false,
    forgetPassword: false,
  };
}

/** The fields of a connection, as one would have typed them. */
export function fieldsOf(draft: ConnectionDraft): ConnectionFields {
  const { name, folder, color, production, readOnly } = draft;
  return {
    ...targetFields(draft.target),
    name,
    walVolume: typeof draft.walVolumeBytes === 'number' ? sizeText(draft.walVolumeBytes) : '',
    folder: folder ?? '',
    color: color ?? '',
    production,
    readOnly,
    forgetPassword: false,
  };
}

/**
 * The fields with those of a connection string in them, and what couldn't be taken over. What the string doesn't say
 * about name, folder and marks stays. Throws 'invalidConnection' as `targetFromConninfo` does.
 */
export function fillFields(
  fields: ConnectionFields,
  parsed: ParsedConninfo,
  user: string,
): { readonly fields: ConnectionFields; readonly remarks: readonly string[] } {
  const { target, hosts, ignored } = targetFromConninfo(parsed.pairs, targetDefaults(user));
  const others = hosts.slice(1).map(({ host, port }) => `${host}:${port}`);
  const left = [...ignored, ...parsed.otherSecrets.map(([keyword]) => keyword)];
  return {
    fields: { ...fields, ...targetFields(target), forgetPassword: false },
    remarks: [
      ...(others.length > 0 ? [`It names several hosts; the first one is used. Left out: ${others.join(', ')}.`] : []),
      ...(left.length > 0 ? [`Not used: ${left.join(', ')}.`] : []),
    ],
  };
}

/** The fields as a connection (null where an error stands against it), with all there is to say about them. */
export function readFields(
  typed: ConnectionFields,
  others: readonly Connection[],
): { readonly draft: ConnectionDraft | null; readonly problems: readonly Problem[]; readonly suggestedName: string } {
  const fields = Object.fromEntries(
    Object.entries(typed).map(([key, value]) => [key, typeof value === 'string' ? value.trim() : value]),
  ) as ConnectionFields;
  const target: ConnectionTarget = {
    host: fields.host,
    port: Number(fields.port),
    database: fields.database || fields.user,
    user: fields.user,
    sslMode: fields.sslMode,
    ...(fields.sslRootCert ? { sslRootCert: fields.sslRootCert } : {}),
    ...(fields.sslCert ? { sslCert: fields.sslCert } : {}),
    ...(fields.sslKey ? { sslKey: fields.sslKey } : {}),
    connectTimeoutSeconds: Number(fields.connectTimeout),
    statementTimeoutMs: Number(fields.statementTimeout) * 1000,
    applicationName: fields.applicationName || defaultApplicationName,
  };
  const suggestedName = fields.host && target.database ? suggestName(target) : '';
  const name = fields.name || suggestedName;
  const problems = [
    ...targetProblems(fields),
    ...tlsProblems(fields),
    ...nameProblems(name, others),
    ...volumeProblems(fields),
  ];
  if (problems.some(({ severity }) => severity === 'error')) return { draft: null, problems, suggestedName };
  const { production, readOnly } = fields;
  const draft = {
    name,
    target,
    folder: fields.folder || null,
    color: readColor(fields.color),
    production,
    readOnly,
    walVolumeBytes: parseBytes(fields.walVolume),
  };
  return { draft, problems, suggestedName };
}

function targetFields(target: ConnectionTarget) {
  return {
    host: target.host,
    port: String(target.port),
    database: target.database,
    user: target.user,
    sslMode: target.sslMode,
    sslRootCert: target.sslRootCert ?? '',
    sslCert: target.sslCert ?? '',
    sslKey: target.sslKey ?? '',
    connectTimeout: String(target.connectTimeoutSeconds),
    statementTimeout: String(target.statementTimeoutMs / 1000),
    applicationName: target.applicationName,
  };
}

function error(field: keyof ConnectionFields, message: string): Problem {
  return { severity: 'error', field, message };
}

function targetProblems({ host, port, user, connectTimeout, statementTimeout }: ConnectionFields): readonly Problem[] {
  return [
    ...(host === '' ? [error('host', 'Enter a host name, an address, or the folder of a Unix socket.')] : []),
    ...(host.includes('://') || host.includes('@')
      ? [error('host', 'This is no host name. Paste a connection string into the field above.')]
      : []),
    ...(isCount(port, 1, 65_535) ? [] : [error('port', 'Enter a number from 1 to 65535.')]),
    ...(user === '' ? [error('user', 'Enter the role to log in as.')] : []),
    ...(isCount(connectTimeout, 1, 3600) ? [] : [error('connectTimeout', 'Enter seconds, from 1 to 3600.')]),
    ...(isCount(statementTimeout, 0, 86_400)
      ? []
      : [error('statementTimeout', 'Enter seconds, up to 86400; 0 means no limit.')]),
  ];
}

function tlsProblems(fields: ConnectionFields): readonly Problem[] {
  const { sslMode, sslRootCert, sslCert, sslKey, host } = fields;
  const problems: Problem[] = [];
  for (const field of ['sslRootCert', 'sslCert', 'sslKey'] as const satisfies readonly FileField[]) {
    const file = fields[field];
    if (file && !file.startsWith('~/') && !path.isAbsolute(file)) {
      problems.push(error(field, 'Give the whole path, or one that begins with ~/.'));
    }
  }
  if (sslCert && !sslKey) problems.push(error('sslKey', 'A client certificate needs its key.'));
  if (sslKey && !sslCert) problems.push(error('sslCert', 'A client key needs its certificate.'));
  if (sslMode === 'disable' && (sslRootCert || sslCert || sslKey)) {
    problems.push({
      severity: 'warning',
      field: 'sslMode',
      message: 'The certificate files are not used without TLS.',
    });
  }
  if (['disable', 'allow', 'prefer'].includes(sslMode) && !isLocal(host)) {
    const message =
      'Password and data may cross the network unencrypted. For a server elsewhere, choose require or more.';
    problems.push({ severity: 'warning', field: 'sslMode', message });
  }
  return problems;
}

function nameProblems(name: string, others: readonly Connection[]): readonly Problem[] {
  if (name === '' || !others.some((other) => other.name === name)) return [];
  return [
    { severity: 'warning', field: 'name', message: 'Another connection has this name; you could not tell them apart.' },
  ];
}

function volumeProblems({ walVolume }: ConnectionFields): readonly Problem[] {
  if (walVolume === '' || parseBytes(walVolume) !== null) return [];
  return [error('walVolume', 'Enter a size with its unit, such as 200 GB, or nothing.')];
}

function isCount(text: string, least: number, most: number): boolean {
  return /^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most;
}

function isLocal(host: string): boolean {
  return host === '' || host.startsWith('/') || /^(localhost|127(\.\d+){3}|::1)$/i.test(host);
}
