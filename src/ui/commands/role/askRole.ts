import * as vscode from 'vscode';

import type { RoleDetail, RoleGiver } from '../../../replication/model/reads.ts';
import { checkRoleName } from '../../../replication/operations/names.ts';
import { tablesToRead } from '../../../replication/operations/role/roleNeeds.ts';
import type { PlanTarget } from '../../../replication/operations/target.ts';
import { passwordFault } from '../../../replication/postgres/scram.ts';
import type { Provider } from '../../../replication/providers/provider.ts';
import { askChoice, askChoices, askText, goBack, type PickerStep, type Place, walk } from '../../pickers/steps.ts';
import { count, joined } from '../../tree/words.ts';
import { generatedPassword } from './generatedPassword.ts';

/** What was answered. `password` is plain text here and in what is shown once; everywhere else it is a Secret. */
export interface RoleDraft {
  readonly name: string;
  readonly existing: boolean;
  readonly way: 'generate' | 'type' | 'none';
  readonly password: string | null;
  readonly publications: readonly string[];
  readonly futureSchemas: readonly string[];
  readonly end: 'run' | 'preview';
}

/** What the questions depend on. */
export interface RoleSituation {
  readonly target: PlanTarget;
  readonly roles: readonly RoleDetail[];
  readonly provider: Provider;
  readonly giver: RoleGiver;
}

/** Name, password, publications, later tables, and whether to see the SQL first. Throws a cancellation. */
export function askRole(situation: RoleSituation): Promise<RoleDraft> {
  const { publications } = situation.target.snapshot.inventory;
  const steps: PickerStep<RoleDraft>[] = [
    askName(situation),
    askPassword,
    ...(publications.length > 0 ? [askPublications(situation), askFuture(situation)] : []),
    askEnd,
  ];
  const initial: RoleDraft = {
    name: '',
    existing: false,
    way: 'generate',
    password: null,
    publications: publications.map(({ name }) => name),
    futureSchemas: [],
    end: 'run',
  };
  return walk(`Create replication role on ${situation.target.serverName}`, initial, steps);
}

function askName({ roles, provider, giver }: RoleSituation): PickerStep<RoleDraft> {
  const taken = new Set(roles.map(({ name }) => name));
  return async (draft, place) => {
    const name = await askText(place, {
      prompt: 'Name of the role. One that is there already only gets what it lacks.',
      placeholder: 'replicator',
      value: draft.name,
      check: (text) => (taken.has(text) ? null : (checkRoleName(text) ?? provider.obstacle(giver))),
    });
    if (name === goBack) return goBack;
    const existing = taken.has(name);
    return { ...draft, name, existing, way: existing ? 'none' : 'generate' };
  };
}

async function askPassword(draft: RoleDraft, place: Place): Promise<RoleDraft | typeof goBack> {
  for (;;) {
    const way = await askChoice<RoleDraft['way']>(place, {
      placeholder: 'Password (the server gets it hashed)',
      active: draft.way,
      choices: [
        { value: 'generate', label: 'Generate one', detail: 'Shown once, and copied to the clipboard' },
        { value: 'type', label: 'Type one' },
        draft.existing
          ? { value: 'none', label: 'Leave it as it is' }
          : { value: 'none', label: 'None', detail: 'The role logs in by another way, such as a certificate' },
      ],
    });
    if (way === goBack) return goBack;
    if (way !== 'type') return { ...draft, way, password: way === 'generate' ? generatedPassword() : null };
    const password = await askText(place, {
      prompt: `Password of ${draft.name}`,
      value: '',
      check: passwordFault,
      password: true,
    });
    if (password !== goBack) return { ...draft, way, password };
  }
}

function askPublications({ target }: RoleSituation): PickerStep<RoleDraft> {
  const { publications } = target.snapshot.inventory;
  return async (draft, place) => {
    const picked = await askChoices(place, {
      placeholder: 'Publications whose tables it may copy',
      choices: publications.map(({ name }) => ({
        value: name,
        label: name,
        description: count(tablesToRead(target, [name]).length, 'table'),
        picked: draft.publications.includes(name),
      })),
    });
    return picked === goBack ? goBack : { ...draft, publications: picked };
  };
}

function askFuture({ target }: RoleSituation): PickerStep<RoleDraft> {
  return async (draft, place) => {
    const schemas = new Set(tablesToRead(target, draft.publications).map(({ schema }) => schema));
    const picked = await askChoices(place, {
      placeholder: 'Schemas whose later tables it may read too',
      choices: [...schemas].toSorted().map((schema) => ({
        value: schema,
        label: schema,
        detail: 'Tables that the owners of its present tables will create',
        picked: draft.futureSchemas.includes(schema),
      })),
    });
    return picked === goBack ? goBack : { ...draft, futureSchemas: picked };
  };
}

async function askEnd(draft: RoleDraft, place: Place): Promise<RoleDraft | typeof goBack> {
  const end = await askChoice<RoleDraft['end']>(place, {
    placeholder: joined([draft.name, count(draft.publications.length, 'publication')]),
    active: draft.end,
    choices: [
      {
        value: 'run',
        label: draft.existing ? 'Give it what it lacks' : 'Create the role',
        detail: 'Then open a replication connection with it, to see that it works',
      },
      { value: 'preview', label: 'Show SQL', detail: 'Run it from there' },
    ],
  });
  return end === goBack ? goBack : { ...draft, end };
}

/** Shows a generated password, this once, and copies it. */
export async function showPassword(name: string, password: string): Promise<void> {
  await vscode.env.clipboard.writeText(password);
  const detail = `${password}\n\nIt is on the clipboard, and shown only here: neither this extension nor the server keeps it in plain text.`;
  await vscode.window.showInformationMessage(`Password of ${name}`, { modal: true, detail });
}
