import { formatConninfo } from '../model/conninfo.ts';
import { redacted, Secret } from '../model/secret.ts';
import type { Statement } from '../model/statement.ts';
import { quoteLiteral } from './quote.ts';

/** The statement as it may be shown, stored and logged: secrets are dots. */
export function renderRedacted(statement: Statement): string {
  return render(statement, () => redacted);
}

/** The statement as it is sent to the server, with its secrets. Only the executor calls this. */
export function renderForServer(statement: Statement): string {
  return render(statement, (secret) => secret.reveal());
}

/** Whether a connection string with a secret is in it, which is sent as it is (a role's password goes as its hash). */
export function holdsPlainSecret(statement: Statement): boolean {
  return statement.some(
    (part) =>
      typeof part !== 'string' && 'conninfo' in part && part.conninfo.some(([, value]) => value instanceof Secret),
  );
}

function render(statement: Statement, show: (secret: Secret) => string): string {
  return statement
    .map((part) => {
      if (typeof part === 'string') return part;
      if ('literal' in part) return quoteLiteral(show(part.literal));
      return quoteLiteral(
        formatConninfo(
          part.conninfo.map(([keyword, value]) => [keyword, value instanceof Secret ? show(value) : value]),
        ),
      );
    })
    .join('');
}
