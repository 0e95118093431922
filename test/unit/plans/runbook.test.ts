import assert from 'node:assert/strict';

import type { ConnectionTarget } from '../../../src/replication/model/connect.ts';
import { Secret } from '../../../src/replication/model/secret.ts';
import { makePlan } from '../../../src/replication/operations/steps.ts';
import { psqlArgument, psqlStatement } from '../../../src/ui/plans/psqlText.ts';
import { runbookFileName, runbookText } from '../../../src/ui/plans/runbook.ts';

const target = (host: string): ConnectionTarget => ({
  host,
  port: 5432,
  database: `o'dd \\ db`,
  user: 'admin',
  sslMode: 'verify-full',
  sslRootCert: '/etc/root.pem',
  sslKey: '~/key.pem',
  connectTimeoutSeconds: 10,
  statementTimeoutMs: 0,
  applicationName: 'x',
});
const shop = { connectionId: 'shop', serverName: 'shop' };
const warehouse = { connectionId: 'warehouse', serverName: 'warehouse' };
const password = new Secret('hunter2');

const plan = makePlan(
  'Publish and subscribe',
  [
    { on: shop, title: 'Create publication p', statement: ['CREATE PUBLICATION p'] },
    {
      on: warehouse,
      title: 'Create subscription s',
      statement: [
        'CREATE SUBSCRIPTION s CONNECTION ',
        {
          conninfo: [
            ['host', 'shop'],
            ['user', 'repl'],
            ['password', password],
            ['application_name', '100%'],
          ],
        },
        ' PUBLICATION "50%"',
      ],
      transactional: false,
      risk: 'lossy',
      consequence: 'Something is lost.',
      wait: { limitMs: 60_000, blockersOn: [] },
      undo: { title: 'Drop subscription s', statement: ['DROP SUBSCRIPTION s'] },
    },
    {
      on: warehouse,
      title: 'Change subscription s',
      statement: [
        'ALTER SUBSCRIPTION s CONNECTION ',
        {
          conninfo: [
            ['host', 'shop'],
            ['user', 'repl'],
            ['password', password],
          ],
        },
      ],
    },
  ],
  ['Mind this.'],
);

function written(parts: Partial<Parameters<typeof runbookText>[0]> = {}): string {
  return runbookText({ plan, target: (id) => target(id), madeAt: 'a day', ...parts });
}

/** What psql would act on. */
function acted(text: string): readonly string[] {
  return text.split(/[\n\r]/).filter((line) => line !== '' && !line.startsWith('--'));
}

describe('a runbook', () => {
  it('names what it does, where, and what is at risk, and goes to each server in turn', () => {
    const text = written();
    for (const part of [
      '-- Publish and subscribe\n-- Made on a day\n',
      `-- Server: shop (host shop, port 5432, database o'dd \\ db, user admin)\n`,
      '-- Note: Mind this.\n',
      '-- Risk: Create subscription s: Something is lost.\n',
      '-- Step 2 of 3, on warehouse: Create subscription s\n',
      '-- Not inside a transaction block.\n',
    ]) {
      assert.ok(text.includes(part), `${part}\n${text}`);
    }
    assert.deepEqual(
      acted(text).filter((line) => /connect|prompt|timeout|^CREATE|ON_ERROR_STOP/.test(line)),
      [
        String.raw`\set ON_ERROR_STOP on`,
        String.raw`\connect 'host=shop port=5432 dbname=''o\\''dd \\\\ db'' user=admin sslmode=verify-full sslrootcert=/etc/root.pem'`,
        'CREATE PUBLICATION p;',
        String.raw`\connect 'host=warehouse port=5432 dbname=''o\\''dd \\\\ db'' user=admin sslmode=verify-full sslrootcert=/etc/root.pem'`,
        String.raw`\prompt 'Type the password of repl on shop: ' password_1`,
        'SET statement_timeout = 60000;',
        'RESET statement_timeout;',
      ],
    );
    assert.ok(
      text.endsWith(
        `-- On warehouse: Drop subscription s\n--   DROP SUBSCRIPTION s;\n-- Create publication p (shop): can’t be taken back.\n`,
      ),
      text,
    );
  });

  it('has a plain name, whatever is called in its title', () => {
    const names = ['Skip up to 0/19B4DB0', 'Größe 表 orders_pub…', '表', 'x'.repeat(200)].map(runbookFileName);
    assert.deepEqual(names, [
      'skip-up-to-0-19b4db0.sql',
      'gro-e-orders_pub.sql',
      'runbook.sql',
      `${'x'.repeat(80)}.sql`,
    ]);
  });

  it('holds no secret', () => {
    assert.doesNotMatch(written(), /hunter2|•/);
  });

  it('asks for a connection that is no longer known', () => {
    const text = written({ target: () => undefined });
    assert.match(text, /\\prompt 'Connection string of shop \(host=… .*' runbook_server\n\\connect :runbook_server\n/);
  });

  it('lets no name out of its comment or its argument', () => {
    const hostile = `x'\n\\! rm -rf /\r\nDROP TABLE a;\u2028DROP TABLE b; \\ -- :y`;
    const one = makePlan(
      hostile,
      [
        {
          on: { connectionId: 'a', serverName: hostile },
          title: hostile,
          statement: ['SELECT 1'],
          undo: { title: hostile, statement: [`SELECT '${hostile}'`] },
        },
      ],
      [hostile],
    );
    const place = { ...target('h'), database: hostile, user: hostile };
    const lines = acted(written({ plan: one, target: () => place, madeAt: hostile }));
    const meta = lines.filter((line) => !/^(\\set |\\echo '|\\connect 'host=h )/.test(line));
    assert.deepEqual(meta, ['SELECT 1;']);
  });
});

describe('a statement in psql', () => {
  it('is put together by the server where it holds a secret', () => {
    const [, step] = plan.steps;
    assert.equal(
      psqlStatement(step?.statement ?? [], () => 'v'),
      [
        'SELECT pg_catalog.format(',
        `  'CREATE SUBSCRIPTION s CONNECTION %L PUBLICATION "50%%"',`,
        String.raw`  'host=shop user=repl' || ' password=''' || pg_catalog.replace(pg_catalog.replace(:'v', E'\\', E'\\\\'), '''', E'\\''') || '''' || ' application_name=100%')`,
        String.raw`\gexec`,
      ].join('\n'),
    );
  });

  it('quotes arguments of meta-commands', () => {
    assert.equal(psqlArgument(`it's \\ \n`), String.raw`'it''s \\ \n'`);
  });
});
