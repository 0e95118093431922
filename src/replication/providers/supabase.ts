import { type Provider, usual } from './provider.ts';
import { hostIn } from './signs.ts';

/**
 * Supabase, as its documentation has it; untried on a real project. wal_level is logical there from the start. The disk,
 * WAL included, is shown in the dashboard and the Management API alone ("Understanding Database and Disk Size").
 */
export const supabase: Provider = {
  ...usual,
  id: 'supabase',
  name: 'Supabase',
  recognises: (signs) => hostIn(signs, 'supabase.co', 'supabase.com') || signs.objects.has('supabase_admin'),
  right: { kind: 'attribute', separately: false, inRole: null },
  obstacle: (giver) =>
    giver.givesReplication
      ? null
      : 'On Supabase only the role postgres can make roles that replicate, and only since PostgreSQL 17. Before that, let the subscriber connect as postgres.',
  settingWay: ({ name, value, takes }) => ({
    kind: 'provider',
    text: `Set ${name} = ${value} with supabase postgres-config update${takes === 'restart' ? ', which restarts the database' : ''}. Slots, senders and workers grow with the size of the compute.`,
  }),
  walStorage: {
    grows: false,
    words:
      'Supabase does not tell it by SQL. Look up the disk size in the dashboard (Project Settings, Compute and Disk) and give it in the connection, as Size of the WAL volume',
  },
  access:
    'Use the direct host (db.….supabase.co), which has only an IPv6 address without the IPv4 add-on, and look into the network restrictions of the project.',
  hostObstacle: (host) =>
    host.toLowerCase().endsWith('.pooler.supabase.com')
      ? 'This is the pooler, which serves no replication. Use the direct host, db.<project>.supabase.co.'
      : null,
};
