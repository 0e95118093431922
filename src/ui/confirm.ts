import * as vscode from 'vscode';

import { withoutLinks } from './plainText.ts';

/** What is asked before something is lost. */
export interface Question {
  /** Names the object and the server: "Drop replication slot debezium on shop-primary?" */
  readonly message: string;
  /** What is lost, in words. */
  readonly detail: string;
  /** The verb on the button. */
  readonly verb: string;
  /** Another way, such as "Show SQL". */
  readonly other?: string;
}

/** Asks in a modal. Gives the pressed button: the verb, the other way, or undefined where the person declined. */
export async function ask(question: Question): Promise<'yes' | 'other' | undefined> {
  const buttons = [question.verb, ...(question.other === undefined ? [] : [question.other])];
  const options = { modal: true, detail: question.detail };
  const pressed = await vscode.window.showWarningMessage(question.message, options, ...buttons);
  if (pressed === question.verb) return 'yes';
  return pressed === undefined ? undefined : 'other';
}

/** Asks for a name to be typed. Gives what was typed once it is the name; undefined where the person declined. */
export async function askForName(request: {
  readonly title: string;
  readonly prompt: string;
  readonly name: string;
}): Promise<string | undefined> {
  const { title, prompt, name } = request;
  return vscode.window
    .showInputBox({
      title,
      prompt: withoutLinks(prompt),
      placeHolder: name,
      ignoreFocusOut: true,
      validateInput: (typed) => (typed === '' || typed === name ? null : `Type ${withoutLinks(name)} exactly.`),
    })
    .then((typed) => (typed === name ? typed : undefined));
}
