import { flagWay, memberObstacle } from './cloudSql.ts';
import { type Provider, usual } from './provider.ts';

/**
 * Google AlloyDB, as its documentation has it; untried on a real cluster. It may carry the roles of Cloud SQL too. Its
 * storage scales with the data up to the storage quota of the cluster, which only the console and the API tell.
 */
export const alloyDb: Provider = {
  ...usual,
  id: 'alloyDb',
  name: 'Google AlloyDB',
  recognises: (signs) => signs.settings.has('alloydb.logical_decoding') || signs.objects.has('alloydbsuperuser'),
  right: { kind: 'attribute', separately: false, inRole: 'alloydbsuperuser' },
  obstacle: (giver) => memberObstacle(giver, 'alloydbsuperuser'),
  settingWay: (wanted) => flagWay(wanted, 'alloydb.logical_decoding', 'the flags of the primary instance'),
  walStorage: {
    grows: true,
    words:
      'the storage of AlloyDB grows by itself up to the storage quota of the cluster (in the Google Cloud console), and what slots keep is billed as long as they keep it',
  },
  access:
    'Turn on the public address of the instance and add the client’s to its authorized networks as a range (/32), or come from its private network. TLS is required unless that was turned off.',
};
