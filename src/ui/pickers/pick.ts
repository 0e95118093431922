import * as vscode from 'vscode';

import { ReplicationError } from '../../replication/model/errors.ts';
import { withoutIcons } from '../plainText.ts';

/** A thing to choose in a quick pick. Its text is shown as it is: no icon can come of a name. */
export interface Choice<Value> {
  readonly value: Value;
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly picked?: boolean;
}

interface Item<Value> extends vscode.QuickPickItem {
  readonly value: Value;
}

/** Asks for one. Throws a cancellation where the person leaves. */
export async function pickOne<Value>(placeHolder: string, choices: readonly Choice<Value>[]): Promise<Value> {
  const picked = await vscode.window.showQuickPick(choices.map(toItem), { placeHolder, matchOnDescription: true });
  if (!picked) throw new vscode.CancellationError();
  return picked.value;
}

/** Asks for one or more. Throws a cancellation where the person leaves, or chooses none. */
export async function pickMany<Value>(
  placeHolder: string,
  choices: readonly Choice<Value>[],
): Promise<readonly Value[]> {
  const options = { placeHolder, matchOnDescription: true, canPickMany: true } as const;
  const picked = await vscode.window.showQuickPick(choices.map(toItem), options);
  if (!picked || picked.length === 0) throw new vscode.CancellationError();
  return picked.map(({ value }) => value);
}

/** Refuses where there is nothing to choose from: an empty list would only puzzle. */
export function mustHave<Value>(
  choices: readonly Choice<Value>[],
  nothing: string,
  advice: string,
): readonly Choice<Value>[] {
  if (choices.length > 0) return choices;
  throw new ReplicationError('missing', nothing, { advice });
}

/** A choice as VS Code wants it. */
export function toItem<Value>(choice: Choice<Value>): Item<Value> {
  return {
    value: choice.value,
    label: withoutIcons(choice.label),
    ...(choice.description === undefined ? {} : { description: withoutIcons(choice.description) }),
    ...(choice.detail === undefined ? {} : { detail: withoutIcons(choice.detail) }),
    ...(choice.picked === undefined ? {} : { picked: choice.picked }),
  };
}
