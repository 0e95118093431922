import type { SlotChoice } from '../../../replication/model/choices.ts';
import { ReplicationError } from '../../../replication/model/errors.ts';
import { checkSlot, checkSlotName, planCreateSlot } from '../../../replication/operations/slot/createSlot.ts';
import type { PlanTarget } from '../../../replication/operations/target.ts';
import { lacksCapability } from '../../pickers/need.ts';
import { pickTarget } from '../../pickers/object.ts';
import { askChoice, askChoices, askText, goBack, type PickerStep, walk } from '../../pickers/steps.ts';
import type { Services } from '../../services.ts';
import type { ConnectionNode, EmptyNode, GroupNode } from '../../tree/node.ts';

/** Create Replication Slot…: name, plugin, and what the version has besides, each a step one can go back to. */
export async function createSlot(services: Services, node?: ConnectionNode | GroupNode | EmptyNode): Promise<void> {
  const target = await pickTarget(services, node, {
    question: 'Create a replication slot on which connection?',
    changes: true,
    lacks: (snapshot) =>
      lacksCapability('slot.create', 'have a new slot')(snapshot) ??
      lacksCapability('decodeLogical', 'decode changes')(snapshot),
    none: 'can have a new logical replication slot',
  });
  refuseWhereImpossible(target);
  const initial: SlotChoice = {
    name: '',
    plugin: 'pgoutput',
    twoPhase: false,
    failover: false,
    waitLimitMs: services.settings.get('subscription.waitLimitSeconds') * 1000,
  };
  const steps = hasOptions(target)
    ? [askName(target), askPlugin(target), askOptions(target)]
    : [askName(target), askPlugin(target)];
  const choice = await walk(`Create replication slot on ${target.serverName}`, initial, steps);
  const outcome = await services.plans.run(planCreateSlot(target, choice));
  if (outcome?.status !== 'done') return;
  await services.reveal({ kind: 'slot', connectionId: target.connectionId, name: choice.name });
}

/** Says what is in the way before anything is asked. */
function refuseWhereImpossible({ snapshot, serverName }: PlanTarget): void {
  const { capabilities } = snapshot.inventory.server;
  for (const name of ['slot.create', 'decodeLogical'] as const) {
    const capability = capabilities[name];
    if (capability.can) continue;
    const kind = capability.because === 'privilege' ? 'privilege' : 'unsupported';
    throw new ReplicationError(kind, `No replication slot can be created on ${serverName}: ${capability.reason}`);
  }
}

function askName(target: PlanTarget): PickerStep<SlotChoice> {
  const taken = new Set(target.snapshot.pulse.slots.map(({ name }) => name));
  return async (choice, place) => {
    const name = await askText(place, {
      prompt: `Name of the slot in database ${target.snapshot.inventory.server.database}`,
      placeholder: 'lower-case letters, digits and underscores',
      value: choice.name,
      check: (text) =>
        checkSlotName(text) ??
        (taken.has(text) ? `${target.serverName} already has a replication slot called ${text}.` : null),
    });
    return name === goBack ? goBack : { ...choice, name };
  };
}

const pluginDetails: Readonly<Record<string, string>> = {
  pgoutput: 'For subscriptions, Debezium and others that speak PostgreSQL’s own protocol',
  test_decoding: 'Plain text, for looking at changes',
  wal2json: 'Changes as JSON',
};

function askPlugin(target: PlanTarget): PickerStep<SlotChoice> {
  return async (choice, place) => {
    const plugin = await askChoice(place, {
      placeholder: 'Output plugin',
      active: choice.plugin,
      choices: target.snapshot.inventory.server.plugins.map((value) => ({
        value,
        label: value,
        ...(pluginDetails[value] === undefined ? {} : { detail: pluginDetails[value] }),
      })),
    });
    return plugin === goBack ? goBack : { ...choice, plugin };
  };
}

function hasOptions({ snapshot }: PlanTarget): boolean {
  const { capabilities } = snapshot.inventory.server;
  return capabilities['slot.twoPhase'].can || capabilities['slot.failover'].can;
}

function askOptions(target: PlanTarget): PickerStep<SlotChoice> {
  const { capabilities } = target.snapshot.inventory.server;
  return async (choice, place) => {
    const options = await askChoices(place, {
      placeholder: 'Options (none is the usual choice)',
      choices: [
        ...(capabilities['slot.twoPhase'].can
          ? [
              {
                value: 'twoPhase' as const,
                label: 'Two-phase',
                detail: 'Decode prepared transactions when they are prepared',
                picked: choice.twoPhase,
              },
            ]
          : []),
        ...(capabilities['slot.failover'].can
          ? [
              {
                value: 'failover' as const,
                label: 'Failover',
                detail: 'Keep the slot on standbys, so that readers can go on after a failover',
                picked: choice.failover,
              },
            ]
          : []),
      ],
    });
    if (options === goBack) return goBack;
    const result = { ...choice, twoPhase: options.includes('twoPhase'), failover: options.includes('failover') };
    const problem = checkSlot(target, result).find(({ severity }) => severity === 'error');
    if (problem) throw new ReplicationError('invalidInput', problem.message);
    return result;
  };
}
