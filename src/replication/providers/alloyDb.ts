import { flagWay, memberObstacle } from './cloudSql.ts';
import { type Provider, usual } from './provider.ts';

/** Google AlloyDB, as its documentation has it; untried on a real cluster. It may carry the roles of Cloud SQL too. */
export const alloyDb: Provider = {
  ...usual,
  id: 'alloyDb',
  name: 'Google AlloyDB',
  recognises: (signs) => signs.settings.has('alloydb.logical_decoding') || signs.objects.has('alloydbsuperuser'),
  right: { kind: 'attribute', separately: false, inRole: 'alloydbsuperuser' },
  obstacle: (giver) => memberObstacle(giver, 'alloydbsuperuser'),
  settingWay: (wanted) => flagWay(wanted, 'alloydb.logical_decoding', 'the flags of the primary instance'),
  access:
    'Turn on the public address of the instance and add the client’s to its authorized networks as a range (/32), or come from its private network. TLS is required unless that was turned off.',
};
