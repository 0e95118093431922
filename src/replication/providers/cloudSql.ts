import type { RoleGiver } from '../model/reads.ts';
import { needsCreateRole, type Provider, type SettingWay, usual, type WantedSetting } from './provider.ts';

/**
 * Google Cloud SQL for PostgreSQL, as its documentation has it; untried on a real instance. The size of its disk is told
 * by the API alone (settings.dataDiskSizeGb); it grows where automatic storage increases are on, which they are unless
 * somebody turned them off.
 */
export const cloudSql: Provider = {
  ...usual,
  id: 'cloudSql',
  name: 'Google Cloud SQL',
  recognises: (signs) => signs.settings.has('cloudsql.logical_decoding') || signs.objects.has('cloudsqlsuperuser'),
  right: { kind: 'attribute', separately: false, inRole: 'cloudsqlsuperuser' },
  obstacle: (giver) => memberObstacle(giver, 'cloudsqlsuperuser'),
  settingWay: (wanted) => flagWay(wanted, 'cloudsql.logical_decoding', 'the flags of the instance'),
  access: 'Add the client’s address to the authorized networks of the instance, as a range such as 203.0.113.7/32.',
  walStorage: {
    grows: false,
    words:
      'Cloud SQL does not tell it by SQL. Look up the storage of the instance in the Google Cloud console (settings.dataDiskSizeGb of gcloud sql instances describe) and give it in the connection, as Size of the WAL volume. With automatic storage increases it grows instead',
  },
};

/** Database flags, of Cloud SQL and of AlloyDB. wal_level isn't set there: a flag of their own raises it. */
export function flagWay({ name, value, takes }: WantedSetting, decoding: string, flags: string): SettingWay {
  const text =
    name === 'wal_level'
      ? `Set ${decoding} = on in ${flags}; the instance restarts. It raises wal_level by itself.`
      : `Set ${name} = ${value} in ${flags}${takes === 'restart' ? '; the instance restarts' : ''}.`;
  return { kind: 'provider', text };
}

/** REPLICATION is given there by members of the provider's own kind of superuser. */
export function memberObstacle(giver: RoleGiver, role: string): string | null {
  if (giver.givesReplication || giver.memberOf.includes(role)) return null;
  return `${needsCreateRoleOr(giver)} A member of ${role} may give it.`;
}

function needsCreateRoleOr(giver: RoleGiver): string {
  return giver.createsRoles ? `The role ${giver.name} may not give the REPLICATION attribute.` : needsCreateRole(giver);
}
