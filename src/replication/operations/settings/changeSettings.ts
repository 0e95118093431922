import { ReplicationError } from '../../model/errors.ts';
import type { Plan } from '../../model/plan.ts';
import type { SettingDetail } from '../../model/reads.ts';
import type { Statement } from '../../model/statement.ts';
import { quoteIdentifier, quoteLiteral } from '../../postgres/quote.ts';
import type { SettingWay } from '../../providers/provider.ts';
import { providerOf } from '../../providers/recognise.ts';
import { makePlan, type StepDraft } from '../steps.ts';
import type { PlanTarget } from '../target.ts';
import { listInWords } from '../words.ts';
import { settingFault, settingLoss } from './settingFaults.ts';
import { settingRules, type SettingSituation } from './settingRules.ts';
import { readSettingValue } from './settingValue.ts';

/** What one setting should be for replication, and how it is used now. */
export interface SettingAdvice {
  readonly setting: SettingDetail;
  /** Which end needs it. */
  readonly side: 'publisher' | 'subscriber' | 'both';
  /** "3 of 10 used"; null where nothing is counted. */
  readonly use: string | null;
  /** The value to set; null where the present one will do. */
  readonly suggested: string | null;
  /** What it is for in a list, without a full stop; `why` says it all. */
  readonly brief: string;
  readonly why: string;
  /** What it takes to come into force. */
  readonly takes: 'restart' | 'reload' | 'nothing';
  /** How it is changed here: by ALTER SYSTEM, or in the provider's own way, in words. */
  readonly how: SettingWay;
}

/** A setting with the value it is to have, as the person wrote it. */
export interface SettingChange {
  readonly name: string;
  readonly value: string;
}

/** Advice for every setting that replication depends on, what needs doing first. `host` tells the provider. */
export function settingAdvice(
  target: PlanTarget,
  settings: readonly SettingDetail[],
  host = '',
): readonly SettingAdvice[] {
  const byName = new Map(settings.map((setting) => [setting.name, setting]));
  const situation: SettingSituation = { target, number: (name) => Number(byName.get(name)?.value ?? Number.NaN) };
  const provider = providerOf(target.snapshot.inventory, host);
  const all = settings.flatMap((setting): readonly SettingAdvice[] => {
    const rule = settingRules[setting.name];
    if (!rule) return [];
    const used = rule.used?.(situation);
    const wanted = rule.suggest?.(situation, setting) ?? null;
    // What is in the file already only waits for its restart.
    const suggested = setting.pendingRestart && setting.inAutoFile === wanted ? null : wanted;
    const takes = takesOf(setting);
    return [
      {
        setting,
        side: rule.side,
        use: used === undefined ? null : `${used} of ${setting.value} used`,
        suggested,
        brief: rule.brief,
        why: rule.why,
        takes,
        how: provider.settingWay({ name: setting.name, value: suggested ?? setting.value, takes }),
      },
    ];
  });
  return [...all.filter(({ suggested }) => suggested !== null), ...all.filter(({ suggested }) => suggested === null)];
}

function takesOf({ context }: SettingDetail): SettingAdvice['takes'] {
  if (context === 'internal') return 'nothing';
  return context === 'postmaster' ? 'restart' : 'reload';
}

/**
 * Why the role that is logged in can't change these settings here, and what does; null where it can. ALTER SYSTEM
 * needs a superuser, or since 15 a grant on the setting; a server can forbid it to all (allow_alter_system, 17).
 */
export function alterSystemObstacle(target: PlanTarget, settings: readonly SettingDetail[]): string | null {
  const closed = settings.filter(({ alterable }) => !alterable).map(({ name }) => name);
  if (closed.length === 0) return null;
  const { superuser, name } = target.snapshot.inventory.server.role;
  return superuser
    ? `${target.serverName} doesn’t let anybody use ALTER SYSTEM (allow_alter_system is off): its settings are kept elsewhere.`
    : `The role ${name} may not change ${listInWords(closed)}: that needs a superuser, or since PostgreSQL 15 GRANT ALTER SYSTEM ON PARAMETER ${closed[0]}.`;
}

/**
 * ALTER SYSTEM for each, and one reload. A remark says what waits for a restart. Undo: ALTER SYSTEM back or RESET, and a
 * reload. Throws ReplicationError: 'missing' for a setting that isn't there, 'invalidInput' for a value that the server
 * would refuse or not start with, 'unsupported' where the provider has its own way.
 */
export function planChangeSettings(
  target: PlanTarget,
  settings: readonly SettingDetail[],
  changes: readonly SettingChange[],
  host = '',
): Plan {
  const wanted = changes.map((change) => ({ ...change, setting: settingOf(target, settings, change.name) }));
  for (const { setting, name, value } of wanted) {
    const way = providerOf(target.snapshot.inventory, host).settingWay({ name, value, takes: takesOf(setting) });
    if (way.kind === 'provider') throw new ReplicationError('unsupported', way.text);
    const fault = settingFault(target, setting, value, changes);
    if (fault !== null) throw new ReplicationError('invalidInput', `${name} = ${value}: ${fault}`);
  }
  const reloadable = wanted.every(({ setting }) => setting.reloadable);
  const alters = wanted.map(({ setting, value }) => alterStep(target, setting, value.trim()));
  const [only] = changes;
  const title =
    changes.length === 1 && only ? `Set ${only.name} to ${only.value.trim()}` : `Change ${changes.length} settings`;
  // The first reload is there for the undo, which goes backwards: its last step is then the reload that it needs.
  const steps = reloadable
    ? [
        {
          on: target,
          title: 'Reload the configuration as it stands, so that earlier edits of its files count first',
          statement: reload,
          undo: { title: 'Reload the configuration', statement: reload },
          repeatable: true as const,
        },
        ...alters,
        {
          on: target,
          title: 'Reload the configuration',
          statement: reload,
          undo: { title: 'Reload the configuration', statement: reload },
          effect: inForce(wanted),
          repeatable: true as const,
        },
      ]
    : alters;
  return makePlan(title, steps, remarksOn(target, wanted, reloadable));
}

const reload: Statement = ['SELECT pg_catalog.pg_reload_conf()'];

interface WantedSetting extends SettingChange {
  readonly setting: SettingDetail;
}

function settingOf(target: PlanTarget, settings: readonly SettingDetail[], name: string): SettingDetail {
  const found = settings.find((setting) => setting.name === name);
  if (found) return found;
  throw new ReplicationError('missing', `${target.serverName} has no setting ${name}.`);
}

function alterStep(target: PlanTarget, setting: SettingDetail, value: string): StepDraft {
  const { name, inAutoFile } = setting;
  const set = (to: string): Statement => [`ALTER SYSTEM SET ${quoteIdentifier(name)} = ${quoteLiteral(to)}`];
  const back: Statement =
    inAutoFile === null || inAutoFile === undefined ? [`ALTER SYSTEM RESET ${quoteIdentifier(name)}`] : set(inAutoFile);
  const loss = settingLoss(target, setting, value);
  const undoTitle =
    inAutoFile === null || inAutoFile === undefined ? `Reset ${name}` : `Set ${name} back to ${inAutoFile}`;
  return {
    on: target,
    title: `Set ${name} to ${value}`,
    statement: set(value),
    transactional: false,
    // What was in the file before isn't known where it may not be read.
    undo: inAutoFile === undefined ? null : { title: undoTitle, statement: back },
    ...(loss === null ? {} : { risk: 'lossy', consequence: loss }),
    repeatable: true,
    ...(inAutoFile === undefined
      ? { noUndo: 'This role may not read what postgresql.auto.conf has for it now.' }
      : {
          effect: [
            `SELECT 1 FROM pg_catalog.pg_file_settings f WHERE f.name = ${quoteLiteral(name)} AND f.setting = ${quoteLiteral(value)} AND f.sourcefile ~ '[/\\\\]postgresql[.]auto[.]conf$'`,
          ],
        }),
  };
}

/** Gives a row once each has its value, or waits for a restart with it. */
function inForce(wanted: readonly WantedSetting[]): Statement {
  const conditions = wanted.map(({ setting, name, value }) => {
    const read = readSettingValue(setting, value);
    const canonical = 'canonical' in read ? read.canonical : value;
    return `(s.name = ${quoteLiteral(name)} AND (s.setting = ${quoteLiteral(canonical)} OR s.pending_restart))`;
  });
  return [
    `SELECT 1 WHERE (SELECT pg_catalog.count(*) FROM pg_catalog.pg_settings s WHERE ${conditions.join(' OR ')}) = ${wanted.length}`,
  ];
}

function remarksOn(target: PlanTarget, wanted: readonly WantedSetting[], reloadable: boolean): readonly string[] {
  const remarks: string[] = [];
  const waiting = wanted.filter(({ setting }) => takesOf(setting) === 'restart').map(({ name }) => name);
  if (waiting.length > 0) {
    remarks.push(
      `${listInWords(waiting)} ${waiting.length === 1 ? 'comes' : 'come'} into force when ${target.serverName} is restarted; until then ${waiting.length === 1 ? 'it waits' : 'they wait'}.`,
    );
  }
  if (!reloadable) {
    remarks.push('The role may not reload the configuration: somebody has to, or it counts from the next start.');
  }
  const raised = wanted.filter(({ name }) => name === 'max_worker_processes' || name === 'max_wal_senders');
  if (raised.length > 0 && target.snapshot.pulse.slots.some(({ type }) => type === 'physical')) {
    remarks.push(
      `A standby needs at least the same ${listInWords(raised.map(({ name }) => name))}: raise it there first, or it stops following.`,
    );
  }
  const commanded = wanted.filter(({ setting }) => setting.source === 'command line').map(({ name }) => name);
  if (commanded.length > 0) {
    remarks.push(
      `${listInWords(commanded)} ${commanded.length === 1 ? 'is' : 'are'} given on the command line of the server, which wins over ALTER SYSTEM.`,
    );
  }
  return remarks;
}
