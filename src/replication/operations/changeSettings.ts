import { ReplicationError } from '../model/errors.ts';
import type { Plan } from '../model/plan.ts';
import type { SettingDetail } from '../model/reads.ts';
import type { PlanTarget } from './target.ts';

/** What one setting should be for replication, and how it is used now. */
export interface SettingAdvice {
  readonly setting: SettingDetail;
  /** Which end needs it. */
  readonly side: 'publisher' | 'subscriber' | 'both';
  /** "3 of 10 used"; null where nothing is counted. */
  readonly use: string | null;
  /** The value to set; null where the present one will do. */
  readonly suggested: string | null;
  readonly why: string;
  /** What it takes to come into force. */
  readonly takes: 'restart' | 'reload' | 'nothing';
  /** How it is changed here: by ALTER SYSTEM, or in the provider's own way, in words. */
  readonly how: { readonly kind: 'alterSystem' } | { readonly kind: 'provider'; readonly text: string };
}

/** Advice for every setting that replication depends on, what needs doing first. */
export function settingAdvice(_target: PlanTarget, _settings: readonly SettingDetail[]): readonly SettingAdvice[] {
  throw new ReplicationError('unsupported', 'not built yet');
}

/** ALTER SYSTEM for each, and one reload. A remark says what waits for a restart. Undo: ALTER SYSTEM back or RESET. */
export function planChangeSettings(
  _target: PlanTarget,
  _settings: readonly SettingDetail[],
  _changes: readonly { readonly name: string; readonly value: string }[],
): Plan {
  throw new ReplicationError('unsupported', 'not built yet');
}
