import { type Provider, type SettingWay, usual, type WantedSetting } from './provider.ts';
import { hostIn } from './signs.ts';

/**
 * Amazon RDS for PostgreSQL, as its documentation has it; untried on a real instance. The size of its storage is told by
 * the API alone (DBInstance.AllocatedStorage; MaxAllocatedStorage where storage autoscaling is on).
 */
export const rds: Provider = {
  ...usual,
  id: 'rds',
  name: 'Amazon RDS',
  recognises: (signs) =>
    hostIn(signs, 'rds.amazonaws.com', 'rds.amazonaws.com.cn') ||
    signs.settings.has('rds.logical_replication') ||
    signs.objects.has('rds_superuser'),
  right: { kind: 'membership', role: 'rds_replication' },
  settingWay: (wanted) =>
    amazonWay(wanted, 'the parameter group of the DB instance (not the default one)', 'reboot the instance'),
  access: 'Allow the client’s address in the security group of the instance.',
  walStorage: {
    grows: false,
    words:
      'Amazon RDS does not tell it by SQL. Look up Storage of the instance in the RDS console (AllocatedStorage of describe-db-instances) and give it in the connection, as Size of the WAL volume',
  },
};

/** Parameter groups, of RDS and of Aurora. wal_level isn't set there: rds.logical_replication raises it. */
export function amazonWay({ name, value, takes }: WantedSetting, group: string, reboot: string): SettingWay {
  const text =
    name === 'wal_level'
      ? `Set rds.logical_replication = 1 in ${group}, then ${reboot}. It raises wal_level by itself.`
      : `Set ${name} = ${value} in ${group}${takes === 'restart' ? `, then ${reboot}` : '; it applies without a reboot'}.`;
  return { kind: 'provider', text };
}
