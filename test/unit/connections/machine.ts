import type { Found } from '../../../src/connections/imports/offer.ts';
import type { Surroundings } from '../../../src/connections/imports/surroundings.ts';

/** A made-up machine. */
export function machine(more: {
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string | { text: string; mode: number }>>;
  readonly platform?: NodeJS.Platform;
}): Surroundings {
  const { env = {}, files = {}, platform = 'linux' } = more;
  return {
    env,
    platform,
    home: '/home/anna',
    user: 'anna',
    readFile: (file) => {
      const found = files[file.replaceAll('\\', '/')];
      if (found === undefined) return Promise.resolve(null);
      return Promise.resolve(typeof found === 'string' ? { text: found, mode: 0o600 } : found);
    },
  };
}

/** What a person would see of the offers, passwords in clear so that they can be compared. */
export const seen = ({ offers }: Found) =>
  offers.map(({ draft, password, origin, remarks }) => {
    const { host, port, database, user, sslMode } = draft.target;
    return {
      name: draft.name,
      at: `${user}@${host}:${port}/${database} ${sslMode}`,
      origin,
      ...(password ? { password: password.reveal() } : {}),
      ...(remarks.length > 0 ? { remarks } : {}),
    };
  });
