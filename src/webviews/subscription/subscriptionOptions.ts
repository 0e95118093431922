import { html, nothing, type TemplateResult } from 'lit';

import type { SubscriptionDraft } from '../../protocol/subscription.ts';
import type { SubscriptionEditCapabilities } from '../../protocol/subscriptionEdit.ts';
import { checkbox, dropdown, textField } from '../shared/fields.ts';
import { fieldProblems, type ShownProblem } from '../shared/problems.ts';
import { unfolded } from '../shared/unfolded.ts';

type Options = SubscriptionDraft['options'];
type Switch = {
  readonly [Key in keyof Options]-?: Options[Key] extends boolean | undefined ? Key : never;
}[keyof Options];

/** An option that is on or off, in the order of CREATE SUBSCRIPTION's page. */
const switches: readonly {
  readonly key: Switch;
  readonly capability: keyof SubscriptionEditCapabilities;
  readonly label: string;
  readonly hint: string;
  /** PostgreSQL's default. */
  readonly usual: boolean;
}[] = [
  {
    key: 'binary',
    capability: 'subscription.binary',
    label: 'Send values in binary (binary)',
    hint: 'Faster, but both ends must have the same types.',
    usual: false,
  },
  {
    key: 'twoPhase',
    capability: 'subscription.twoPhase',
    label: 'Send prepared transactions when they are prepared (two_phase)',
    hint: 'They are prepared on the subscriber too, which needs max_prepared_transactions above 0.',
    usual: false,
  },
  {
    key: 'disableOnError',
    capability: 'subscription.disableOnError',
    label: 'Disable it when applying fails (disable_on_error)',
    hint: 'Otherwise the failing transaction is tried again and again.',
    usual: false,
  },
  {
    key: 'passwordRequired',
    capability: 'subscription.passwordRequired',
    label: 'Require a password (password_required)',
    hint: 'Only a superuser may turn this off.',
    usual: true,
  },
  {
    key: 'runAsOwner',
    capability: 'subscription.runAsOwner',
    label: 'Apply changes as the subscription’s owner (run_as_owner)',
    hint: 'Otherwise as the owner of each table, which is safer.',
    usual: false,
  },
  {
    key: 'failover',
    capability: 'subscription.failover',
    label: 'Keep the slot on the publisher’s standbys (failover)',
    hint: 'So that replication goes on after a failover of the publisher.',
    usual: false,
  },
  {
    key: 'retainDeadTuples',
    capability: 'subscription.retainDeadTuples',
    label: 'Retain dead tuples to detect conflicts (retain_dead_tuples)',
    hint: 'VACUUM keeps rows that were deleted here until the publisher’s changes to them can have come.',
    usual: false,
  },
];

export interface SubscriptionOptionsOptions {
  readonly capabilities: SubscriptionEditCapabilities;
  readonly options: Options;
  /** What a subscription has now; null for a new one, where what isn't set is as the server does by default. */
  readonly present: Options | null;
  /** Options that can't be altered any more, each with the reason. */
  readonly fixed?: readonly { readonly option: keyof Options; readonly reason: string }[];
  readonly problems: readonly ShownProblem[];
  readonly onOptions: (options: Options) => void;
}

/** The options that the subscriber's version has; what stands in their way otherwise is said beside them. */
export function subscriptionOptions({
  capabilities,
  options,
  present,
  fixed = [],
  problems,
  onOptions,
}: SubscriptionOptionsOptions): TemplateResult {
  const set = (key: keyof Options, value: Options[keyof Options]): void => {
    const { [key]: _before, ...others } = options;
    onOptions(value === undefined ? others : { ...others, [key]: value });
  };
  const offered = (name: keyof SubscriptionEditCapabilities): boolean => {
    const capability = capabilities[name];
    return capability.can || capability.because !== 'version';
  };
  const reason = (key: keyof Options, name: keyof SubscriptionEditCapabilities): string | null => {
    const capability = capabilities[name];
    if (!capability.can) return capability.reason;
    return fixed.find(({ option }) => option === key)?.reason ?? null;
  };
  /** Nothing set: a new one gets the default; of one that is there only what isn't known. */
  const unset = (key: keyof Options, usual: string): readonly { readonly value: ''; readonly label: string }[] => {
    if (present === null) return [{ value: '', label: usual }];
    return present[key] === undefined ? [{ value: '', label: 'As it is (not visible to this role)' }] : [];
  };
  const keys = Object.keys(options) as (keyof Options)[];
  const count = keys.filter((key) => options[key] !== present?.[key]).length;
  const summary =
    present === null
      ? count === 0
        ? 'all as PostgreSQL sets them'
        : `${count} set`
      : count === 0
        ? 'as they are'
        : `${count} changed`;
  return html`<details
    class="field fold"
    id="options-fold"
    ${unfolded(present !== null || count > 0 || problems.length > 0)}
  >
    <summary id="options">Options <span class="quiet">${summary}</span></summary>
    <div class="options">
      ${
        offered('subscription.streaming')
          ? dropdown({
              id: 'streaming',
              label: 'Large transactions (streaming)',
              value: options.streaming ?? '',
              choices: [
                ...unset('streaming', 'As the server does by default'),
                { value: 'off', label: 'Send when they are committed (off)' },
                { value: 'on', label: 'Send while they run (on)' },
                ...(offered('subscription.parallelStreaming')
                  ? [{ value: 'parallel' as const, label: 'Send and apply while they run (parallel)' }]
                  : []),
              ],
              disabled: reason('streaming', 'subscription.streaming') !== null,
              hint: reason('streaming', 'subscription.streaming') ?? undefined,
              onChange: (value) => set('streaming', value === '' ? undefined : value),
            })
          : nothing
      }
      ${
        offered('subscription.origin')
          ? dropdown({
              id: 'origin',
              label: 'Changes by origin (origin)',
              value: options.origin ?? '',
              choices: [
                ...(present === null
                  ? unset('origin', 'All changes (any)')
                  : [{ value: 'any' as const, label: 'All changes (any)' }]),
                { value: 'none', label: 'Only those made on the publisher itself (none)' },
              ],
              disabled: reason('origin', 'subscription.origin') !== null,
              hint:
                reason('origin', 'subscription.origin') ??
                'For two-way replication: “none” keeps changes from going in circles.',
              onChange: (value) => set('origin', value === '' ? undefined : value),
            })
          : nothing
      }
      ${dropdown({
        id: 'synchronous-commit',
        label: 'Commit on the subscriber (synchronous_commit)',
        value: options.synchronousCommit ?? '',
        choices: [
          ...(present === null ? [] : unset('synchronousCommit', '')),
          { value: present === null ? '' : 'off', label: 'Don’t wait (off)' },
          { value: 'local', label: 'Wait for the local disk (local)' },
          { value: 'on', label: 'Wait for the disk and synchronous standbys (on)' },
          { value: 'remote_write', label: 'Wait until standbys have received it (remote_write)' },
          { value: 'remote_apply', label: 'Wait until standbys have applied it (remote_apply)' },
        ],
        onChange: (value) => set('synchronousCommit', value === '' ? undefined : value),
      })}
      ${switches
        .filter(({ capability }) => offered(capability))
        .map((option) =>
          checkbox({
            id: `option-${option.key}`,
            label: option.label,
            hint: reason(option.key, option.capability) ?? option.hint,
            checked: options[option.key] ?? option.usual,
            disabled: reason(option.key, option.capability) !== null,
            onChange: (checked) => set(option.key, present === null && checked === option.usual ? undefined : checked),
          }),
        )}
      ${retentionField(options, (value) => set('maxRetentionDuration', value ?? (present === null ? undefined : 0)), reason, offered)}
      ${timeoutField(options, (value) => set('walReceiverTimeout', value ?? (present === null ? undefined : '-1')), reason, offered)}
      ${fieldProblems('options-problems', problems)}
    </div>
  </details>`;
}

type Reason = (key: keyof Options, name: keyof SubscriptionEditCapabilities) => string | null;
type Offered = (name: keyof SubscriptionEditCapabilities) => boolean;

/** max_retention_duration, since 19 (as documented, untried); what isn't a digit doesn't count. Empty is the default. */
function retentionField(
  options: Options,
  onValue: (value: number | undefined) => void,
  reason: Reason,
  offered: Offered,
): TemplateResult | typeof nothing {
  if (!offered('subscription.maxRetentionDuration')) return nothing;
  const { maxRetentionDuration } = options;
  return textField({
    id: 'max-retention',
    label: 'Retain them at most, in milliseconds (max_retention_duration)',
    value: maxRetentionDuration ? String(maxRetentionDuration) : '',
    placeholder: '0, without limit',
    disabled: reason('maxRetentionDuration', 'subscription.maxRetentionDuration') !== null,
    hint: reason('maxRetentionDuration', 'subscription.maxRetentionDuration') ?? undefined,
    onInput: (text) => {
      const digits = text.replaceAll(/\D/g, '');
      onValue(digits === '' ? undefined : Number(digits));
    },
  });
}

/** wal_receiver_timeout, since 19 (as documented, untried). Empty is the default. */
function timeoutField(
  options: Options,
  onValue: (value: string | undefined) => void,
  reason: Reason,
  offered: Offered,
): TemplateResult | typeof nothing {
  if (!offered('subscription.walReceiverTimeout')) return nothing;
  return textField({
    id: 'wal-receiver-timeout',
    label: 'Give the publisher up after (wal_receiver_timeout)',
    value: options.walReceiverTimeout === '-1' ? '' : (options.walReceiverTimeout ?? ''),
    placeholder: '-1, as the server is set',
    disabled: reason('walReceiverTimeout', 'subscription.walReceiverTimeout') !== null,
    hint: reason('walReceiverTimeout', 'subscription.walReceiverTimeout') ?? 'For example 30s or 2min; 0 for never.',
    onInput: (text) => onValue(text.trim() === '' ? undefined : text.trim()),
  });
}
