import { type Provider, usual } from './provider.ts';
import { hostIn } from './signs.ts';

/**
 * Neon, as its documentation has it; untried on a real project. Roles made by its console, command line or API carry
 * REPLICATION; of roles made by SQL the documentation says that they don't, and SQL takes no hashed password there.
 * WAL leaves the compute for storage of Neon's own. neon.max_cluster_size (pgxn/neon/libpagestore.c, MB) can be read, but
 * limits the tables and not WAL. Slots that nobody reads are removed after about 40 hours ("Logical replication in Neon").
 */
export const neon: Provider = {
  ...usual,
  id: 'neon',
  name: 'Neon',
  recognises: (signs) =>
    hostIn(signs, 'neon.tech') || signs.settings.has('neon.tenant_id') || signs.objects.has('neon_superuser'),
  right: { kind: 'attribute', separately: false, inRole: null },
  obstacle: () =>
    'On Neon a role that replicates is made in the console (Roles & Databases), with its command line or API, and carries REPLICATION from the start. Make it there, then come back to give it what it lacks.',
  settingWay: ({ name }) => ({
    kind: 'provider',
    text:
      name === 'wal_level'
        ? 'Turn on Logical Replication in the settings of the Neon project. It can’t be turned off again, and restarts all computes.'
        : `${name} is set by Neon; its support can change it.`,
  }),
  walStorage: {
    grows: true,
    words: 'Neon keeps WAL in storage that grows by itself, and removes slots that nobody has read for about 40 hours',
  },
  access: 'If IP Allow is on in the settings of the Neon project, add the client’s address there.',
  hostObstacle: (host) => {
    const [label = '', ...rest] = host.split('.');
    return label.endsWith('-pooler')
      ? `This is the pooled host, which serves no replication. Use ${[label.slice(0, -'-pooler'.length), ...rest].join('.')}.`
      : null;
  },
};
