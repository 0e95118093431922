import * as vscode from 'vscode';

import { Secret } from '../../replication/model/secret.ts';
import type { Statement } from '../../replication/model/statement.ts';
import { renderRedacted } from '../../replication/postgres/statement.ts';
import { comment, statementText } from '../plans/sqlText.ts';
import type { Services } from '../services.ts';

/** What makes an object again, and what a person has to know of it. */
export interface Script {
  /** "Publication orders_pub on shop-primary (PostgreSQL 18.1)". */
  readonly title: string;
  readonly statements: readonly Statement[];
  readonly notes: readonly string[];
}

/** A script as SQL to be read and run; secrets are dots, and the notes say which are to be filled in. */
export function scriptText({ title, statements, notes }: Script): string {
  const head = [title, ...notes].flatMap(comment).join('\n');
  return `${head}\n${statements.map((statement) => statementText(renderRedacted(statement))).join('\n')}\n`;
}

/** Puts scripts on the clipboard, and says so in the status bar. */
export async function copyScripts({ notifier }: Pick<Services, 'notifier'>, scripts: readonly Script[]): Promise<void> {
  await vscode.env.clipboard.writeText(scripts.map(scriptText).join('\n'));
  const secret = scripts.some(({ statements }) => statements.some(holdsSecret));
  notifier.done(secret ? 'SQL copied, its secrets as dots' : 'SQL copied');
}

function holdsSecret(statement: Statement): boolean {
  return statement.some(
    (part) =>
      typeof part !== 'string' && ('literal' in part || part.conninfo.some(([, value]) => value instanceof Secret)),
  );
}
