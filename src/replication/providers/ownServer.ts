import type { Provider } from './provider.ts';

/** A server of one's own, or one whose provider isn't known: PostgreSQL as it is. */
export const ownServer: Provider = {
  id: 'own',
  name: null,
  recognises: () => true,
  right: { kind: 'attribute', separately: false, inRole: null },
  obstacle: (giver) =>
    giver.givesReplication
      ? null
      : `The role ${giver.name} may not give the REPLICATION attribute: that needs a superuser, or since PostgreSQL 16 a role with both CREATEROLE and REPLICATION.`,
  settingWay: () => ({ kind: 'alterSystem' }),
  access: null,
  walStorage: {
    grows: false,
    words:
      'no statement tells how large the volume of pg_wal is. Look it up on the server (df on the pg_wal folder) and give it in the connection, as Size of the WAL volume',
  },
  hostObstacle: () => null,
};
