import assert from 'node:assert/strict';

import type { TableDefinition } from '../../../src/replication/model/reads.ts';
import { planCreateTables } from '../../../src/replication/operations/table/createTables.ts';
import { renderRedacted } from '../../../src/replication/postgres/statement.ts';
import { target } from './fixture.ts';

describe('tables with names that read like clauses', () => {
  const made = (major: number, more: Partial<TableDefinition>): readonly string[] => {
    const definition: TableDefinition = {
      schema: 'public',
      name: 't',
      columns: [],
      constraints: [],
      partitionKey: null,
      needs: [],
      replicaIdentity: 'default',
      identityIndex: null,
      ...more,
    };
    const { remarks, steps } = planCreateTables(target({ major }), [definition]);
    return [...steps.map(({ statement }) => renderRedacted(statement)), ...remarks];
  };

  it('leaves a key’s columns as they are called, and takes only what is a clause away', () => {
    const key = (definition: string) => (major: number) =>
      made(major, { constraints: [{ name: 'k', definition }] })
        .join('\n')
        .match(/CONSTRAINT "k" (.*)/)?.[1];
    const odd = key('UNIQUE ("a NULLS NOT DISTINCT", "b"" INCLUDE (c)", "d WITHOUT OVERLAPS)")');
    assert.equal(odd(10), 'UNIQUE ("a NULLS NOT DISTINCT", "b"" INCLUDE (c)", "d WITHOUT OVERLAPS)")');
    const both = key('UNIQUE NULLS NOT DISTINCT (a, "b)") INCLUDE ("c (", d)');
    assert.equal(both(10), 'UNIQUE (a, "b)")');
    assert.equal(both(14), 'UNIQUE (a, "b)") INCLUDE ("c (", d)');
    assert.equal(both(15), 'UNIQUE NULLS NOT DISTINCT (a, "b)") INCLUDE ("c (", d)');
    const period = key('PRIMARY KEY (id, during WITHOUT OVERLAPS)');
    assert.equal(period(17), undefined);
    assert.equal(period(18), 'PRIMARY KEY (id, during WITHOUT OVERLAPS)');
  });

  it('makes the index of the replica identity under its own name', () => {
    const index = (name: string, sql: string): string | undefined =>
      made(18, { replicaIdentity: 'index', identityIndex: { name, sql } }).find((text) =>
        text.includes('UNIQUE INDEX'),
      );
    const odd = 'CREATE UNIQUE INDEX "x ON ONLY ""y" ON public.t USING btree (a)';
    assert.equal(index('x ON ONLY "y', odd), odd);
    assert.equal(
      index('i', 'CREATE UNIQUE INDEX i ON ONLY public.t USING btree (a)'),
      'CREATE UNIQUE INDEX i ON public.t USING btree (a)',
    );
  });
});
