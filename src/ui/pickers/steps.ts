import * as vscode from 'vscode';

import { withoutLinks } from '../plainText.ts';
import { type Choice, toItem } from './pick.ts';

/** What a step gives where the person goes back. */
export const goBack = Symbol('back');

/** One step of several: takes what was answered so far, gives it with its own answer, or `goBack`. */
export type PickerStep<State> = (state: State, place: Place) => Promise<State | typeof goBack>;

/** Where in the sequence a step stands, for "1/3" and the back button. */
export interface Place {
  readonly title: string;
  readonly step: number;
  /** Null where it isn't known yet how many there will be: then nothing is counted. */
  readonly total: number | null;
}

/** Walks through the steps, back and forth. Throws a cancellation where the person leaves. */
export async function walk<State>(title: string, initial: State, steps: readonly PickerStep<State>[]): Promise<State> {
  const states = [initial];
  for (;;) {
    const current = states.at(-1) ?? initial;
    const step = steps[states.length - 1];
    if (!step) return current;
    const answer = await step(current, { title, step: states.length, total: steps.length });
    if (answer !== goBack) states.push(answer);
    else if (states.length > 1) states.pop();
  }
}

/** Asks for text, checked as it is typed. */
export async function askText(
  place: Place,
  request: {
    readonly prompt: string;
    readonly value: string;
    readonly placeholder?: string;
    /** What is wrong with the text; null where nothing is. */
    readonly check: (text: string) => string | null;
    /** Dots are shown in place of what is typed. */
    readonly password?: boolean;
  },
): Promise<string | typeof goBack> {
  const input = vscode.window.createInputBox();
  Object.assign(input, { title: place.title, ...counted(place), ignoreFocusOut: true });
  input.value = request.value;
  input.password = request.password ?? false;
  input.prompt = withoutLinks(request.prompt);
  if (request.placeholder !== undefined) input.placeholder = request.placeholder;
  const check = (): string | null => {
    const fault = request.check(input.value);
    // An empty box isn't scolded before something was typed.
    input.validationMessage = fault === null || input.value === '' ? undefined : withoutLinks(fault);
    return fault;
  };
  check();
  input.onDidChangeValue(check);
  return shown(input, place, () => {
    const fault = check();
    if (fault === null) return input.value;
    input.validationMessage = withoutLinks(fault);
    return undefined;
  });
}

/** Asks for one of several. */
export async function askChoice<Value>(
  place: Place,
  request: { readonly placeholder: string; readonly choices: readonly Choice<Value>[]; readonly active?: Value },
): Promise<Value | typeof goBack> {
  const pick = quickPick(place, request.placeholder, request.choices);
  const active = pick.items.find(({ value }) => value === request.active);
  if (active) pick.activeItems = [active];
  return shown(pick, place, () => pick.selectedItems[0]?.value);
}

/** Asks for any of several, none included. */
export async function askChoices<Value>(
  place: Place,
  request: { readonly placeholder: string; readonly choices: readonly Choice<Value>[] },
): Promise<readonly Value[] | typeof goBack> {
  const pick = quickPick(place, request.placeholder, request.choices);
  pick.canSelectMany = true;
  pick.selectedItems = pick.items.filter(({ picked }) => picked);
  return shown(pick, place, () => pick.selectedItems.map(({ value }) => value));
}

function quickPick<Value>(
  place: Place,
  placeholder: string,
  choices: readonly Choice<Value>[],
): vscode.QuickPick<vscode.QuickPickItem & { readonly value: Value }> {
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly value: Value }>();
  Object.assign(pick, {
    title: place.title,
    ...counted(place),
    ignoreFocusOut: true,
    placeholder,
  });
  pick.items = choices.map(toItem);
  return pick;
}

function counted({ step, total }: Place): Partial<Pick<vscode.QuickInput, 'step' | 'totalSteps'>> {
  return total === null ? {} : { step, totalSteps: total };
}

/** What an input box and a quick pick have in common here. */
interface Shown extends vscode.QuickInput {
  buttons: readonly vscode.QuickInputButton[];
  readonly onDidTriggerButton: vscode.Event<vscode.QuickInputButton>;
  readonly onDidAccept: vscode.Event<void>;
}

/** Shows it until something is accepted (`accepted` gives undefined where it may not be yet). */
async function shown<Value>(
  input: Shown,
  place: Place,
  accepted: () => Value | undefined,
): Promise<Value | typeof goBack> {
  if (place.step > 1) input.buttons = [vscode.QuickInputButtons.Back];
  try {
    return await new Promise<Value | typeof goBack>((resolve, reject) => {
      input.onDidTriggerButton(() => resolve(goBack));
      input.onDidAccept(() => {
        const value = accepted();
        if (value !== undefined) resolve(value);
      });
      input.onDidHide(() => reject(new vscode.CancellationError()));
      input.show();
    });
  } finally {
    input.dispose();
  }
}
