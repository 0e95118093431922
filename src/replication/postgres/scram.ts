import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

import { ReplicationError } from '../model/errors.ts';
import { Secret } from '../model/secret.ts';

/** As PostgreSQL makes them itself (scram-common.h). */
const iterations = 4096;
const saltBytes = 16;

const derive = promisify(pbkdf2);

/**
 * What PostgreSQL stores for a password under SCRAM-SHA-256 (RFC 5803), to be sent in its place: CREATE ROLE … PASSWORD
 * takes it as it is, on every version from 10 and whatever password_encryption says, and no log ever holds the
 * password. Rejects with ReplicationError 'invalidInput' for an empty password and for one that clients may not agree on.
 */
export async function scramVerifier(password: Secret, salt: Buffer = randomBytes(saltBytes)): Promise<Secret> {
  const salted = await derive(preparedPassword(password.reveal()), salt, iterations, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return new Secret(`SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`);
}

/** What is wrong with a password to be set; null where nothing is. */
export function passwordFault(password: string): string | null {
  if (password === '') return 'Type a password.';
  if (password.includes('\0')) return 'A password can’t hold a zero byte.';
  if (saslPrepared(password) === null) {
    return 'This password can be read in two ways (composed and special characters); clients would not agree on it. Choose another one.';
  }
  return null;
}

function preparedPassword(password: string): string {
  const fault = passwordFault(password);
  if (fault !== null) throw new ReplicationError('invalidInput', fault);
  return saslPrepared(password) ?? password;
}

/** RFC 3454, table C.1.2: spaces that become the ordinary one. */
const otherSpaces = /[\u00A0\u1680\u2000-\u200B\u202F\u205F\u3000]/gu;
/** RFC 3454, table B.1: what is left out. Written as alternatives: some of these join with their neighbours. */
const nothing = /\u00AD|\u034F|\u1806|\u180B|\u180C|\u180D|\u200C|\u200D|\u2060|[\uFE00-\uFE0F]|\uFEFF/gu;
/**
 * Characters of Unicode 3.2 that SASLprep neither forbids nor reads from right to left: Latin, Greek, Cyrillic, kana,
 * Chinese and Korean characters, ligatures, full-width forms. Not all there are, but all of these are sure.
 */
const sure =
  /^[\u0300-\u033F\u0020-\u007E\u00A1-\u0220\u0222-\u0233\u0250-\u02AD\u0391-\u03A1\u03A3-\u03CE\u0410-\u044F\u1E00-\u1E9B\u1EA0-\u1EF9\u3041-\u3094\u30A1-\u30FA\u4E00-\u9FA5\uAC00-\uD7A3\uFB00-\uFB06\uFF01-\uFF5E]*$/u;

/**
 * SASLprep (RFC 4013) as PostgreSQL applies it: mapped and normalised, or the password as it is where it holds what
 * SASLprep forbids. Null where both would differ and it isn't sure which of them libpq takes.
 */
function saslPrepared(password: string): string | null {
  const mapped = password.replaceAll(otherSpaces, ' ').replaceAll(nothing, '');
  const prepared = mapped.normalize('NFKC');
  if (prepared === password) return password;
  return prepared !== '' && sure.test(mapped) && sure.test(prepared) ? prepared : null;
}
