import { randomInt } from 'node:crypto';

/** Letters and digits only: they need no quoting in any connection string, file or shell. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** 190 bits. */
const length = 32;

/** A password that nobody can guess, from the system's own source of chance. */
export function generatedPassword(): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
