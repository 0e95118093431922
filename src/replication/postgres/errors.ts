import type { ConnectionTarget } from '../model/connect.ts';
import { ReplicationError, type ErrorKind, type ServerWords } from '../model/errors.ts';
import { adviceFor } from './errorAdvice.ts';

/** What pg and Node put on errors, as far as we read it. */
interface RawError {
  readonly message: string;
  readonly code?: string;
  readonly severity?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly where?: string;
  readonly position?: string;
}

/** By the whole SQLSTATE (PostgreSQL, "PostgreSQL Error Codes"). */
const kindByState: Readonly<Record<string, ErrorKind>> = {
  '28P01': 'authentication',
  '3D000': 'noSuchDatabase',
  '53300': 'tooManyConnections',
  '57P03': 'serverStarting',
  '57P01': 'connectionLost',
  '57P02': 'connectionLost',
  '57P05': 'connectionLost',
  '42501': 'privilege',
  '2F003': 'privilege',
  '42710': 'duplicate',
  '42P07': 'duplicate',
  '42704': 'missing',
  '42P01': 'missing',
  '42703': 'missing',
  '3F000': 'missing',
  '55006': 'inUse',
  '53400': 'limit',
  '25006': 'readOnlyServer',
  '25001': 'transactionBlock',
  '0A000': 'unsupported',
  '42883': 'unsupported',
  '58P01': 'missing',
};

const kindByNodeCode: Readonly<Record<string, ErrorKind>> = {
  ENOTFOUND: 'unknownHost',
  EAI_AGAIN: 'unknownHost',
  ECONNREFUSED: 'refused',
  ENOENT: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'connectionLost',
  EPIPE: 'connectionLost',
};

const tlsCodes =
  /^(ERR_TLS|ERR_SSL|ERR_OSSL|EPROTO|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH)/;

/**
 * The closed kind of an error of pg or Node. Publisher-side failures that a subscriber passes on changed their
 * SQLSTATE class at 14 (XX000 before, 08006 and 08P01 since), so those are told apart by the text they wrap.
 */
export function classify(raw: RawError): ErrorKind {
  const code = raw.code ?? '';
  const text = raw.message;
  if (/^[0-9A-Z]{5}$/.test(code) && raw.severity !== undefined) return classifyState(code, text, raw.detail ?? '');
  if (/does not support SSL|server certificate|self.signed/i.test(text) || tlsCodes.test(code)) return 'tls';
  const byNode = kindByNodeCode[code];
  if (byNode) return byNode;
  if (/timeout expired|connection timeout|timed out/i.test(text)) return 'timeout';
  if (/password must be a (non-empty )?string|SASL|unknown authentication/i.test(text)) return 'authentication';
  if (/Connection terminated|not queryable|closed the connection|Client was closed/i.test(text))
    return 'connectionLost';
  return 'internal';
}

function classifyState(code: string, text: string, detail: string): ErrorKind {
  const wrapped = /^(XX000|08006|08P01|08001)$/.test(code) ? classifyPublisher(text) : null;
  if (wrapped) return wrapped;
  if (code === '28000') return /pg_hba\.conf/.test(text) ? 'hbaRejected' : 'authentication';
  if (code === '57014') return /timeout/.test(text) ? 'timeout' : 'cancelled';
  if (code === '55000') {
    if (/wal_level/.test(text)) return 'walLevel';
    if (/max_replication_slots/.test(text)) return 'limit';
    if (/can no longer|invalidated/.test(`${text} ${detail}`)) return 'slotLost';
    return 'invalidInput';
  }
  const known = kindByState[code];
  if (known) return known;
  if (code.startsWith('08')) return 'connectionLost';
  if (code.startsWith('42') || code.startsWith('22')) return 'invalidInput';
  return 'server';
}

/** What a publisher said, as a subscriber's server passes it on. Null where it's no such message. */
function classifyPublisher(text: string): ErrorKind | null {
  if (/max_wal_senders|all replication slots are in use/.test(text)) return 'limit';
  if (/wal_level/.test(text)) return 'walLevel';
  if (/replication slot "[^]*" already exists/.test(text)) return 'duplicate';
  if (/replication slot "[^]*" is active/.test(text)) return 'inUse';
  if (/permission denied|must be superuser or replication role/.test(text)) return 'privilege';
  if (/could not connect to (the )?publisher/.test(text)) return 'publisherUnreachable';
  if (/could not (create|drop|start|receive|fetch|identify|alter)|publisher/.test(text)) return 'publisherRefused';
  return null;
}

/** An error met while connecting, with a sentence that says why in words. Never holds the password. */
export function connectError(error: unknown, target: ConnectionTarget): ReplicationError {
  if (error instanceof ReplicationError) return error;
  const raw = toRaw(error);
  const kind = classify(raw);
  const place = target.host.startsWith('/') ? target.host : `${target.host}:${target.port}`;
  const [message, advice] = connectWords(kind, target, place, raw);
  return new ReplicationError(kind, message, { server: toServerWords(raw), advice, cause: undefined });
}

function connectWords(
  kind: ErrorKind,
  target: ConnectionTarget,
  place: string,
  raw: RawError,
): readonly [string, string] {
  switch (kind) {
    case 'unknownHost':
      return [`The host ${target.host} isn't known.`, 'Check the spelling, the network and any VPN.'];
    case 'refused':
      return [
        `Nothing accepts connections at ${place}.`,
        'Check that the server runs, its port, and that it listens on this address (listen_addresses).',
      ];
    case 'unreachable':
      return [`There is no route to ${place}.`, 'Check the network, any VPN and the firewall.'];
    case 'timeout':
      return [
        `${place} didn't answer within ${target.connectTimeoutSeconds} s.`,
        'A firewall may be dropping the connection, or the server is overloaded. Check the network, or allow more time in the connection.',
      ];
    case 'tls':
      return [`No TLS connection to ${place} could be made: ${raw.message}.`, tlsAdvice(target, raw)];
    case 'authentication':
      return /must be a (non-empty )?string/.test(raw.message)
        ? [
            `${place} asks for a password for the role ${target.user}, and none is stored.`,
            'Edit the connection and enter the password.',
          ]
        : [
            `${place} doesn't let the role ${target.user} in: wrong password, or the role may not log in.`,
            'Edit the connection and enter role and password again.',
          ];
    case 'noSuchDatabase':
      return [`There is no database ${target.database} at ${place}.`, 'Check its name; upper and lower case differ.'];
    case 'hbaRejected':
      return [
        `pg_hba.conf of ${place} doesn't allow the role ${target.user} into the database ${target.database} from here.`,
        /no encryption|SSL off/.test(raw.message)
          ? 'The server may ask for TLS: try sslmode require. Otherwise add a line for this role, database and address to pg_hba.conf and reload.'
          : 'Add a line for this role, database and address to pg_hba.conf and reload the configuration.',
      ];
    case 'tooManyConnections':
      return [
        `${place} has no connection left for the role ${target.user}.`,
        'Close other sessions, or raise max_connections (restart) or the connection limit of the role or database.',
      ];
    case 'serverStarting':
      return [
        `${place} is starting, stopping or recovering and lets nobody in yet.`,
        'Wait a moment; it is tried again by itself.',
      ];
    case 'connectionLost':
      return [
        `The connection to ${place} broke while it was being made.`,
        'A proxy or firewall may have closed it. Try again.',
      ];
    default:
      return [
        `The connection to ${place} failed: ${raw.message}`,
        'Check the connection, or see the details for the server’s words.',
      ];
  }
}

function tlsAdvice(target: ConnectionTarget, raw: RawError): string {
  if (/does not support SSL/.test(raw.message)) {
    return 'The server has TLS off. Use sslmode disable, or turn TLS on at the server (ssl = on).';
  }
  if (/ALTNAME|Hostname/i.test(`${raw.code ?? ''} ${raw.message}`)) {
    return `The certificate is for another name than ${target.host}. Connect by the name it was made for, or use sslmode verify-ca.`;
  }
  if (/self.signed|issuer|verify|unable to get/i.test(raw.message)) {
    return 'The certificate’s authority isn’t known here. Give its file as the root certificate of the connection.';
  }
  return 'Check sslmode and the certificate files of the connection.';
}

/** An error met while running a statement. `doing` is what was being done: "read the server", "create the slot s". */
export function statementError(error: unknown, doing: string): ReplicationError {
  if (error instanceof ReplicationError) return error;
  const raw = toRaw(error);
  const kind = classify(raw);
  const said = raw.message.charAt(0).toUpperCase() + raw.message.slice(1);
  const message =
    kind === 'connectionLost' ? `The connection broke while trying to ${doing}.` : `Couldn't ${doing}: ${said}`;
  const advice = adviceFor(kind, { code: raw.code ?? '', message: raw.message, detail: raw.detail ?? '' }, raw.hint);
  return new ReplicationError(kind, message, { server: toServerWords(raw), ...(advice ? { advice } : {}) });
}

function toRaw(error: unknown): RawError {
  if (error instanceof AggregateError && error.errors.length > 0) return toRaw(error.errors[0]);
  if (typeof error === 'object' && error !== null && 'message' in error) return error as RawError;
  return { message: String(error) };
}

function toServerWords(raw: RawError): ServerWords {
  const position = raw.position === undefined ? undefined : Number(raw.position);
  return {
    message: raw.message,
    ...(raw.severity === undefined ? {} : { severity: raw.severity }),
    ...(raw.code === undefined ? {} : { code: raw.code }),
    ...(raw.detail === undefined ? {} : { detail: raw.detail }),
    ...(raw.hint === undefined ? {} : { hint: raw.hint }),
    ...(raw.where === undefined ? {} : { where: raw.where }),
    ...(position === undefined || Number.isNaN(position) ? {} : { position }),
  };
}
