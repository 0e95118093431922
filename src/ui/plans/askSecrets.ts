import * as vscode from 'vscode';

import { Secret } from '../../replication/model/secret.ts';
import { scramVerifier } from '../../replication/postgres/scram.ts';
import { pickOne } from '../pickers/pick.ts';
import { withoutLinks } from '../plainText.ts';
import type { Services } from '../services.ts';
import type { SecretFor, WantedSecret } from './storedPlan.ts';

/**
 * Asks for the secrets that a stored plan needs, each by what it is; of a password that a known connection to that
 * server has stored, whether to take it. Throws a cancellation where the person leaves.
 */
export async function askSecrets(
  services: Pick<Services, 'connections'>,
  title: string,
  wanted: readonly WantedSecret[],
): Promise<SecretFor> {
  const secrets = new Map<string, Secret>();
  for (const secret of wanted) secrets.set(secret.label, await askOne(services, title, secret));
  return (label) => secrets.get(label);
}

async function askOne(services: Pick<Services, 'connections'>, title: string, wanted: WantedSecret): Promise<Secret> {
  const saved = await savedPasswords(services, wanted);
  if (saved.length > 0) {
    const choices = saved.map(({ name, password }) => ({
      value: password as Secret | null,
      label: `Use the saved password of ${name}`,
    }));
    const other = { value: null, label: 'Type it' };
    const chosen = await pickOne(`${title}: ${wanted.label}`, [...choices, other]);
    if (chosen) return chosen;
  }
  const typed = await vscode.window.showInputBox({
    title: withoutLinks(title),
    prompt: withoutLinks(`Type ${wanted.label}. It is used for this run and not kept.`),
    password: true,
    ignoreFocusOut: true,
  });
  if (typed === undefined) throw new vscode.CancellationError();
  return wanted.verifier ? scramVerifier(new Secret(typed)) : new Secret(typed);
}

/** Of connections that log in as the same role where the secret is for: named by the plan, or at the same address. */
async function savedPasswords(
  { connections }: Pick<Services, 'connections'>,
  { login, connectionIds }: WantedSecret,
): Promise<readonly { readonly name: string; readonly password: Secret }[]> {
  if (!login) return [];
  const found = connections.all().filter(({ id, target }) => {
    if (target.user !== login['user']) return false;
    const there = target.host === login['host'] && target.port === Number(login['port'] ?? 5432);
    return there || connectionIds.includes(id);
  });
  const saved: { name: string; password: Secret }[] = [];
  for (const { id, name } of found) {
    const { password } = await connections.params(id);
    if (password && !saved.some((other) => other.password.equals(password))) saved.push({ name, password });
  }
  return saved;
}
