import { type Provider, usual } from './provider.ts';
import { amazonWay } from './rds.ts';

/**
 * Amazon Aurora PostgreSQL, as its documentation has it; untried on a real cluster. Its hosts are those of RDS, those
 * of a cluster with a label `cluster-…`. The cluster volume grows with what is in it, up to a maximum that depends on the
 * version, and what is used is billed (Aurora User Guide, "Storage scaling"); aurora_show_volume_status() counts blocks
 * and nodes, and tells no limit.
 */
export const aurora: Provider = {
  ...usual,
  id: 'aurora',
  name: 'Amazon Aurora',
  recognises: (signs) =>
    signs.objects.has('aurora_version') || /\.cluster-[a-z0-9-]+\.[a-z0-9-]+\.rds\.amazonaws\.com/.test(signs.host),
  right: { kind: 'membership', role: 'rds_replication' },
  settingWay: (wanted) =>
    amazonWay(wanted, 'the parameter group of the DB cluster (not the default one)', 'reboot the writer instance'),
  access: 'Allow the client’s address in the security group of the cluster.',
  walStorage: {
    grows: true,
    words: 'the storage of Amazon Aurora grows by itself, and what slots keep is billed as long as they keep it',
  },
  hostObstacle: (host) =>
    /\.cluster-ro-/.test(host.toLowerCase())
      ? 'This is the reader endpoint of the cluster. Replication needs the writer endpoint: the same name with cluster- in place of cluster-ro-.'
      : null,
};
