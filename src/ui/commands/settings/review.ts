import type { ConnectionRef } from '../../../contributions.ts';
import { ReplicationError } from '../../../replication/model/errors.ts';
import {
  alterSystemObstacle,
  planChangeSettings,
  type SettingAdvice,
  settingAdvice,
  type SettingChange,
} from '../../../replication/operations/settings/changeSettings.ts';
import { settingFault } from '../../../replication/operations/settings/settingFaults.ts';
import { settingText } from '../../../replication/operations/settings/settingValue.ts';
import type { PlanTarget } from '../../../replication/operations/target.ts';
import { chosenConnection } from '../../connections/chosen.ts';
import { openTarget } from '../../pickers/connection.ts';
import { askChoice, askChoices, askText, goBack, type PickerStep, walk } from '../../pickers/steps.ts';
import type { PlanPreviews } from '../../plans/preview.ts';
import { comment } from '../../plans/sqlText.ts';
import type { Services } from '../../services.ts';
import { settingChoice, settingText as shownSetting } from './settingChoice.ts';

/**
 * Replication Settings…: every setting that replication depends on, with its value, its use and what a change takes;
 * those that are picked are asked for a value and changed by a plan, or in the provider's own way, in words. Throws
 * ReplicationError and cancellations.
 */
export async function reviewSettings(services: Services, previews: PlanPreviews, node?: ConnectionRef): Promise<void> {
  const connectionId = await chosenConnection(services, node, 'Review the replication settings of which connection?');
  const target = await openTarget(services, connectionId);
  const facts = services.connections.facts(connectionId);
  const host = facts?.target.host ?? '';
  const settings = await services.service.reads.settings(connectionId);
  const advice = settingAdvice(target, settings, host);
  const title = `Replication settings of ${target.serverName}`;
  if (facts?.readOnly) {
    const head = `${title}. The connection is marked read-only, so they are only shown.`;
    const text = [comment(head).join('\n'), ...advice.map(shownSetting)].join('\n\n');
    return previews.showText(JSON.stringify(['settings', connectionId]), title, `${text}\n`);
  }
  const picked = await pickAdvice(title, advice);
  if (picked.length === 0) return;
  if (picked.some(({ how }) => how.kind === 'provider')) return services.notifier.details(title, howText(picked));
  const obstacle = alterSystemObstacle(
    target,
    picked.map(({ setting }) => setting),
  );
  if (obstacle !== null) throw new ReplicationError('privilege', obstacle);
  const { changes, end } = await askValues(title, target, picked);
  const plan = planChangeSettings(target, settings, changes, host);
  await (end === 'preview' ? services.plans.preview(plan) : services.plans.run(plan));
}

async function pickAdvice(title: string, advice: readonly SettingAdvice[]): Promise<readonly SettingAdvice[]> {
  const picked = await askChoices(
    { title, step: 1, total: null },
    {
      placeholder: 'Pick what is to be changed (what is advised is picked)',
      choices: advice
        .filter(({ takes }) => takes !== 'nothing')
        .map((entry) => ({
          value: entry,
          label: entry.setting.name,
          ...settingChoice(entry),
          picked: entry.suggested !== null,
        })),
    },
  );
  return picked === goBack ? [] : picked;
}

/** How each is changed where ALTER SYSTEM isn't the way. */
function howText(picked: readonly SettingAdvice[]): string {
  return picked
    .map(
      ({ setting, how }) =>
        `${setting.name}: ${how.kind === 'provider' ? how.text : 'ALTER SYSTEM SET, and a reload.'}`,
    )
    .join('\n\n');
}

interface Answers {
  readonly changes: readonly SettingChange[];
  readonly end: 'run' | 'preview';
}

/** A value for each, checked before the server is asked, and whether to see the SQL first. */
function askValues(title: string, target: PlanTarget, picked: readonly SettingAdvice[]): Promise<Answers> {
  const steps: readonly PickerStep<Answers>[] = [
    ...picked.map((entry) => askValue(target, entry)),
    askEnd(target, picked),
  ];
  return walk(title, { changes: [], end: 'run' }, steps);
}

function askValue(target: PlanTarget, { setting, suggested, why }: SettingAdvice): PickerStep<Answers> {
  return async (answers, place) => {
    const before = answers.changes.filter(({ name }) => name !== setting.name);
    const value = await askText(place, {
      prompt: `${setting.name} (now ${settingText(setting)}). ${why}`,
      value: suggested ?? setting.inAutoFile ?? setting.value,
      check: (text) => settingFault(target, setting, text, before),
    });
    return value === goBack ? goBack : { ...answers, changes: [...before, { name: setting.name, value }] };
  };
}

/** Last, what is still to be done by hand is said: a value that waits for a restart changes nothing until then. */
function askEnd(target: PlanTarget, picked: readonly SettingAdvice[]): PickerStep<Answers> {
  const restart = picked.some(({ takes }) => takes === 'restart');
  return async (answers, place) => {
    const end = await askChoice<Answers['end']>(place, {
      placeholder: answers.changes.map(({ name, value }) => `${name} = ${value}`).join(', '),
      choices: [
        {
          value: 'run',
          label: answers.changes.length === 1 ? 'Change it' : 'Change them',
          ...(restart ? { detail: `Then restart ${target.serverName}: until that is done, the change waits.` } : {}),
        },
        { value: 'preview', label: 'Show SQL', detail: 'Run it from there' },
      ],
    });
    return end === goBack ? goBack : { ...answers, end };
  };
}
