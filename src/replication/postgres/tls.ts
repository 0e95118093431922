import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { ConnectionOptions } from 'node:tls';

import type { ConnectionTarget } from '../model/connect.ts';
import { ReplicationError } from '../model/errors.ts';

/** One way to try: without TLS, or with these options. */
export type TlsAttempt = false | ConnectionOptions;

/**
 * The attempts that an sslmode stands for, in libpq's order (PostgreSQL, "SSL Mode Descriptions"): `allow` tries
 * without TLS first, `prefer` with TLS first, the others one way only. As in libpq, `require` checks the
 * certificate's authority where a root certificate is given. Throws 'tls' where a named file can't be read.
 */
export function tlsAttempts(target: ConnectionTarget): readonly TlsAttempt[] {
  if (target.sslMode === 'disable' || target.host.startsWith('/')) return [false];
  const files = certificateFiles(target);
  const anyServer: ConnectionOptions = { ...files, rejectUnauthorized: false };
  const knownAuthority: ConnectionOptions = {
    ...files,
    rejectUnauthorized: true,
    checkServerIdentity: () => undefined,
  };
  switch (target.sslMode) {
    case 'allow':
      return [false, anyServer];
    case 'prefer':
      return [anyServer, false];
    case 'require':
      return [target.sslRootCert ? knownAuthority : anyServer];
    case 'verify-ca':
      return [knownAuthority];
    case 'verify-full':
      return [{ ...files, rejectUnauthorized: true }];
  }
}

function certificateFiles(target: ConnectionTarget): ConnectionOptions {
  // Like libpq, fall back to the files of ~/.postgresql; unlike it, then to the authorities that Node knows,
  // which is what the managed providers' public certificates need.
  const rootCert = target.sslRootCert ?? existing('root.crt');
  const cert = target.sslCert ?? existing('postgresql.crt');
  const key = target.sslKey ?? existing('postgresql.key');
  return {
    ...(rootCert ? { ca: read(rootCert, 'root certificate') } : {}),
    ...(cert && key ? { cert: read(cert, 'client certificate'), key: read(key, 'client key') } : {}),
  };
}

function existing(name: string): string | undefined {
  const file = path.join(homedir(), '.postgresql', name);
  return existsSync(file) ? file : undefined;
}

function read(file: string, what: string): Buffer {
  const resolved = file.startsWith('~/') ? path.join(homedir(), file.slice(2)) : file;
  try {
    return readFileSync(resolved);
  } catch (cause) {
    throw new ReplicationError('tls', `The ${what} can't be read: ${file}`, {
      cause,
      advice: 'Check the path and that the file may be read.',
    });
  }
}
