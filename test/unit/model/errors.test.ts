import assert from 'node:assert/strict';

import { asSentences } from '../../../src/replication/model/errors.ts';

describe('what is said of an error', () => {
  it('ends the server’s words before the advice that follows them', () => {
    assert.equal(
      asSentences('Couldn\'t try it: relation "t" does not exist', 'Create the table there first.'),
      'Couldn\'t try it: relation "t" does not exist. Create the table there first.',
    );
  });

  it('leaves what has an end, and leaves out what is not there', () => {
    assert.equal(asSentences(undefined, 'It failed.', '', 'Which one?', 'That one'), 'It failed. Which one? That one');
  });
});
