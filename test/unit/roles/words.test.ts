import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';

import type { SettingDetail } from '../../../src/replication/model/reads.ts';
import { Secret } from '../../../src/replication/model/secret.ts';
import { checkRoleName } from '../../../src/replication/operations/names.ts';
import { readSettingValue, settingText } from '../../../src/replication/operations/settings/settingValue.ts';
import { hbaLine, seenByServer } from '../../../src/replication/postgres/hbaLine.ts';
import { passwordFault, scramVerifier } from '../../../src/replication/postgres/scram.ts';
import { generatedPassword } from '../../../src/ui/commands/role/generatedPassword.ts';

describe('passwords', () => {
  it('hashes as RFC 7677 has it', async () => {
    const salt = 'W22ZaJ0SNY7soEsUEjb6gQ==';
    const verifier = (await scramVerifier(new Secret('pencil'), Buffer.from(salt, 'base64'))).reveal();
    const [, parameters, stored = '', server = ''] = /^SCRAM-SHA-256\$(.*)\$(.*):(.*)$/.exec(verifier) ?? [];
    assert.equal(parameters, `4096:${salt}`);
    assert.equal(Buffer.from(stored, 'base64').length, 32);
    const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
    const message = `n=user,r=rOprNGfwEbeRWgbNEkqO,r=${nonce},s=${salt},i=4096,c=biws,r=${nonce}`;
    const signature = createHmac('sha256', Buffer.from(server, 'base64')).update(message).digest('base64');
    assert.equal(signature, '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
  });

  it('salts each anew, and shows none', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => scramVerifier(new Secret('same'))));
    assert.notEqual(one?.reveal(), other?.reveal());
    assert.ok(!JSON.stringify([one, String(other)]).includes('SCRAM'));
  });

  it('prepares what has two readings, and refuses what clients would not agree on', async () => {
    const salt = Buffer.alloc(16, 7);
    const of = async (text: string): Promise<string> => (await scramVerifier(new Secret(text), salt)).reveal();
    assert.equal(await of('ﬁ\u00A0x\u00AD'), await of('fi x'));
    assert.equal(await of('e\u0301'), await of('é'));
    assert.notEqual(await of('🔑'), await of('key'));
    assert.equal(passwordFault('🔑 plain'), null, 'nothing to prepare');
    assert.match(passwordFault('ﬁ🔑') ?? '', /two ways/);
    assert.match(passwordFault('\u00AD') ?? '', /two ways/, 'nothing would be left of it');
    assert.equal(passwordFault(''), 'Type a password.');
    assert.match(passwordFault('a\0b') ?? '', /zero byte/);
    await assert.rejects(scramVerifier(new Secret('ﬁ🔑')), { kind: 'invalidInput' });
  });

  it('generates long ones of letters and digits', () => {
    const some = new Set(Array.from({ length: 50 }, generatedPassword));
    assert.equal(some.size, 50);
    for (const each of some) assert.match(each, /^[A-Za-z0-9]{32}$/);
  });
});

describe('names of roles', () => {
  it('keeps to what PostgreSQL takes', () => {
    for (const name of ['replicator', 'Größe "x"; --', 'n'.repeat(63)]) assert.equal(checkRoleName(name), null, name);
    for (const name of ['', 'pg_reader', 'public', 'none', 'a\0', 'ö'.repeat(32)]) assert.ok(checkRoleName(name), name);
  });
});

describe('lines of pg_hba.conf', () => {
  const entry = { database: 'shop', user: 'replicator', address: null, tls: false };

  it('name the database, not the keyword replication', () => {
    assert.equal(hbaLine({ ...entry, address: '10.0.0.7' }), 'host  shop  replicator  10.0.0.7/32  scram-sha-256');
    assert.equal(
      hbaLine({ ...entry, address: '2001:db8::7', tls: true }),
      'hostssl  shop  replicator  2001:db8::7/128  scram-sha-256',
    );
    assert.equal(hbaLine(entry), 'host  shop  replicator  <address of the client>/32  scram-sha-256');
  });

  it('quote what would mean something else', () => {
    for (const word of ['all', 'replication', 'samerole', 'With Blank', 'a,b', 'Upper', '+group', '@file', '/regex']) {
      assert.match(hbaLine({ ...entry, user: word }), new RegExp(`  "${word.replace('+', '\\+')}"  `), word);
    }
    assert.match(hbaLine({ ...entry, database: 'a"b' }), /^host {2}"a""b" {2}/);
  });

  it('take the address from what the server said', () => {
    const said = (text: string): unknown => seenByServer(text);
    assert.deepEqual(said('no pg_hba.conf entry for replication connection from host "10.0.0.7", user "r", SSL on'), {
      address: '10.0.0.7',
      tls: true,
    });
    assert.deepEqual(said('pg_hba.conf rejects connection for host "::1", user "r", database "d", no encryption'), {
      address: '::1',
      tls: false,
    });
    assert.deepEqual(said('no pg_hba.conf entry for host "[local]", user "r"'), { address: null, tls: false });
  });
});

describe('values of settings', () => {
  const base: SettingDetail = {
    name: 'x',
    value: '60000',
    unit: 'ms',
    context: 'sighup',
    source: 'default',
    pendingRestart: false,
    description: '',
    type: 'integer',
    min: -1,
    max: 2_147_483_647,
    choices: [],
    alterable: true,
    reloadable: true,
  };
  const read = (value: string, more: Partial<SettingDetail> = {}): string | null => {
    const found = readSettingValue({ ...base, ...more }, value);
    return 'canonical' in found ? found.canonical : null;
  };

  it('read units as the server does', () => {
    assert.deepEqual(
      ['90s', '1min', '2 h', '-1', '0', '1d'].map((value) => read(value)),
      ['90000', '60000', '7200000', '-1', '0', '86400000'],
    );
    assert.deepEqual(
      ['10GB', '1TB', '512 kB', '2048kB'].map((value) => read(value, { unit: 'MB' })),
      ['10240', '1048576', null, '2'],
    );
    assert.equal(read('1GB', { unit: '8kB' }), '131072');
    assert.equal(read('5', { unit: null }), '5');
    for (const wrong of ['', 'x', '1 hour', '1.5s', '10GB', '30d', '-2', 'MB']) assert.equal(read(wrong), null, wrong);
    assert.equal(read('5kB', { unit: null }), null);
  });

  it('read flags and enums in any case', () => {
    assert.deepEqual(
      ['ON', 'true', '0', 'no', 'maybe'].map((value) => read(value, { type: 'bool' })),
      ['on', 'on', 'off', 'off', null],
    );
    const level = { type: 'enum', choices: ['minimal', 'replica', 'logical'] } as const;
    assert.deepEqual([read('Logical', level), read('hot_standby', level)], ['logical', null]);
  });

  it('are shown with the unit that fits', () => {
    const shown = (value: string, unit: string | null): string => settingText({ value, unit });
    assert.deepEqual(
      [shown('60000', 'ms'), shown('90000', 'ms'), shown('1500', 'ms'), shown('10240', 'MB'), shown('-1', 'MB')],
      ['1min', '90s', '1500ms', '10GB', '-1'],
    );
    assert.deepEqual(
      [shown('10', null), shown('0', 's'), shown('', null), shown('65536', 'kB')],
      ['10', '0', '(empty)', '64MB'],
    );
  });
});
