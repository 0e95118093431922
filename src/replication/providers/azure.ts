import { memberObstacle } from './cloudSql.ts';
import { type Provider, usual } from './provider.ts';
import { hostIn } from './signs.ts';

/**
 * Azure Database for PostgreSQL, flexible server, as its documentation has it; untried on a real one. No server parameter
 * tells the size of its storage, and max_slot_wal_keep_size can't be changed there (always -1).
 */
export const azure: Provider = {
  ...usual,
  id: 'azure',
  name: 'Azure Flexible Server',
  recognises: (signs) =>
    hostIn(signs, 'postgres.database.azure.com') ||
    signs.settings.has('azure.extensions') ||
    signs.objects.has('azure_pg_admin'),
  right: { kind: 'attribute', separately: true, inRole: null },
  obstacle: (giver) => memberObstacle(giver, 'azure_pg_admin'),
  settingWay: ({ name, value, takes }) => ({
    kind: 'provider',
    text: `Set ${name} = ${value} among the server parameters in the Azure portal (or az postgres flexible-server parameter set)${takes === 'restart' ? ', then restart the server there' : ''}.`,
  }),
  walStorage: {
    grows: false,
    words:
      'Azure does not tell it by SQL. Look up Compute + storage of the server in the Azure portal (storage of az postgres flexible-server show) and give it in the connection, as Size of the WAL volume. With storage autogrow it grows instead',
  },
  access: 'Add a firewall rule for the client’s address (start and end the same), or come from the server’s network.',
};
