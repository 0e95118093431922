import { ReplicationError } from '../model/errors.ts';
import type { SettingDetail } from '../model/reads.ts';
import type { Session } from '../postgres/session.ts';

/** See OnDemandReads.settings. */
export async function readSettings(_session: Session): Promise<readonly SettingDetail[]> {
  throw new ReplicationError('unsupported', 'not built yet');
}
