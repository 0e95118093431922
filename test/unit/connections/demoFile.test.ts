import assert from 'node:assert/strict';

import { missingDemoConnections, parseDemoFile } from '../../../src/connections/demoFile.ts';
import { ReplicationError } from '../../../src/replication/model/errors.ts';

describe('the file of the demo connections', () => {
  const text = JSON.stringify([
    { name: 'publisher', folder: 'Demo', uri: 'postgresql://demo:s3cret@127.0.0.1:5433/shop', color: 'blue' },
    { name: 'subscriber', uri: 'postgresql://demo@127.0.0.1:5434/shop' },
  ]);

  it('gives connections, with passwords apart', () => {
    const [publisher, subscriber] = parseDemoFile(text, 'me');
    assert.deepEqual(
      [publisher?.draft.name, publisher?.draft.folder, publisher?.draft.color, publisher?.draft.target.port],
      ['publisher', 'Demo', 'charts.blue', 5433],
    );
    assert.equal(publisher?.password?.reveal(), 's3cret');
    assert.ok(!JSON.stringify(publisher).includes('s3cret'));
    assert.deepEqual([subscriber?.draft.folder, subscriber?.draft.color, subscriber?.password], [null, null, null]);
  });

  it('adds only what is not there, by name and target', () => {
    const wanted = parseDemoFile(text, 'me');
    const known = wanted.map(({ draft }, index) => ({ ...draft, id: String(index) }));
    assert.deepEqual(missingDemoConnections(wanted, known), []);
    const moved = known.map((connection) => ({ ...connection, target: { ...connection.target, port: 1 } }));
    assert.equal(missingDemoConnections(wanted, moved).length, 2);
  });

  it('is refused without being quoted where it is something else', () => {
    for (const wrong of [
      's3cret',
      '{"s3cret": 1}',
      '[{"name": "s3cret"}]',
      '[{"name": "x", "uri": "postgres://u:s3cret%@h"}]',
    ]) {
      assert.throws(
        () => parseDemoFile(wrong, 'me'),
        (error) =>
          ReplicationError.is(error, 'invalidInput', 'invalidConnection') &&
          !error.message.includes('s3cret') &&
          error.cause === undefined,
      );
    }
  });
});
