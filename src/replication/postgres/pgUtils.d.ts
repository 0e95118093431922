// @types/pg doesn't describe this file of pg, which escapes without loading the client (it costs 50 ms).
declare module 'pg/lib/utils' {
  export function escapeIdentifier(text: string): string;
  export function escapeLiteral(text: string): string;
}
