import { Secret } from '../../replication/model/secret.ts';
import { type Found, joinFound, nothingFound, offerOfPairs } from './offer.ts';
import { definedPairs, recordsOf, type SettingsRecord, textOf } from './settingsValue.ts';

/**
 * The connections of the setting `pgsql.connections` of Microsoft's PostgreSQL extension (ms-ossdata.vscode-pgsql);
 * `groups` is its setting `pgsql.serverGroups`, whose names become folders. `origin` says which settings they are
 * from. Passwords it keeps in its own secret storage can't be read by others, nor its Entra tokens.
 */
export function fromMicrosoft(value: unknown, groups: unknown, origin: string, user: string): Found {
  const folders = new Map(
    recordsOf(groups)
      // Its default group is the top of its tree.
      .filter(({ isDefault }) => isDefault !== true)
      .map((group) => [group['id'], textOf(group, 'name') ?? null]),
  );
  return joinFound(recordsOf(value).map((record) => fromRecord(record, folders, origin, user)));
}

function fromRecord(
  record: SettingsRecord,
  folders: ReadonlyMap<unknown, string | null>,
  origin: string,
  user: string,
): Found {
  const host = textOf(record, 'server', 'host', 'hostaddr');
  if (host === undefined) return nothingFound;
  const name = textOf(record, 'profileName') ?? '';
  const method = textOf(record, 'authenticationType') ?? '';
  const pairs = definedPairs([
    ['host', host],
    ['port', textOf(record, 'port')],
    ['dbname', textOf(record, 'database', 'dbname')],
    ['user', textOf(record, 'user')],
    // Hand-written settings have `ssl` for it.
    ['sslmode', textOf(record, 'sslmode', 'ssl')],
    ['sslrootcert', textOf(record, 'sslrootcert')],
    ['sslcert', textOf(record, 'sslcert')],
    ['sslkey', textOf(record, 'sslkey')],
    ['connect_timeout', textOf(record, 'connectTimeout')],
    ['options', textOf(record, 'options')],
  ]);
  const password = textOf(record, 'password');
  const label = {
    source: 'PostgreSQL (Microsoft)',
    origin: `${origin} "${name || host}"`,
    // A connection nobody named is called by its address there.
    name: name.includes('://') ? '' : name,
    folder: folders.get(record['groupId']) ?? null,
  } as const;
  const found = offerOfPairs(
    { pairs, password: password ? new Secret(password) : null, otherSecrets: [] },
    label,
    user,
  );
  if (!/azure|entra/i.test(method)) return found;
  const remark = 'It logs in by Microsoft Entra, which is not supported; a password is needed.';
  return { ...found, offers: found.offers.map((offer) => ({ ...offer, remarks: [...offer.remarks, remark] })) };
}
