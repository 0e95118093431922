import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { mustRun, run } from '../run.ts';

/** Files of one certificate (PEM). */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** A small certificate authority of the tests' own. */
export interface TestAuthority {
  /** The authority's certificate, for `sslrootcert` or a server's `ca`. */
  readonly ca: string;
  /** For a server on `localhost` and `127.0.0.1`. */
  readonly server: CertificateFiles;
  /** For a server under a name it does not have: `elsewhere.invalid`. */
  readonly wrongHost: CertificateFiles;
  /** Makes a client certificate for a role. Throws when openssl fails. */
  client(role: string): Promise<CertificateFiles>;
}

/** Why certificates cannot be made here, or undefined when they can. */
export async function tlsUnavailable(): Promise<string | undefined> {
  try {
    const asked = await run('openssl', ['version']);
    return asked.code === 0 ? undefined : 'openssl does not run';
  } catch {
    return 'openssl is not installed';
  }
}

/** Makes a certificate authority and its certificates in `folder`, valid for two days. Throws when openssl fails. */
export async function makeAuthority(folder: string): Promise<TestAuthority> {
  await mkdir(folder, { recursive: true });
  const ca = path.join(folder, 'ca.crt');
  const caKey = path.join(folder, 'ca.key');
  const caConfig = await writeConfig(folder, 'ca', 'pg replication tests', 'basicConstraints = critical, CA:TRUE');
  await mustRun('openssl', ['req', '-x509', ...newKey(caKey), '-days', '2', '-config', caConfig, '-out', ca]);
  const issue = async (name: string, subject: string, extension: string): Promise<CertificateFiles> => {
    const cert = path.join(folder, `${name}.crt`);
    const key = path.join(folder, `${name}.key`);
    const request = path.join(folder, `${name}.csr`);
    const config = await writeConfig(folder, name, subject, extension);
    await mustRun('openssl', ['req', ...newKey(key), '-config', config, '-out', request]);
    const signing = ['-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-days', '2'];
    const extensions = ['-extfile', config, '-extensions', 'extensions'];
    await mustRun('openssl', ['x509', '-req', '-in', request, ...signing, ...extensions, '-out', cert]);
    return { cert, key };
  };
  return {
    ca,
    server: await issue('server', 'localhost', 'subjectAltName = DNS:localhost, IP:127.0.0.1'),
    wrongHost: await issue('wrong-host', 'elsewhere.invalid', 'subjectAltName = DNS:elsewhere.invalid'),
    client: (role) => issue(`client-${Buffer.from(role).toString('hex')}`, role, 'extendedKeyUsage = clientAuth'),
  };
}

function newKey(key: string): string[] {
  return ['-newkey', 'rsa:2048', '-nodes', '-keyout', key];
}

async function writeConfig(folder: string, name: string, subject: string, extension: string): Promise<string> {
  const file = path.join(folder, `${name}.cnf`);
  const lines = [
    '[req]',
    'distinguished_name = subject',
    'x509_extensions = extensions',
    'prompt = no',
    'utf8 = yes',
    '[subject]',
    `CN = ${subject}`,
    '[extensions]',
    extension,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}
