import assert from 'node:assert/strict';

import * as vscode from 'vscode';

describe('the extension host', () => {
  it('runs VS Code', () => {
    assert.match(vscode.version, /^1\.\d+\.\d+/);
  });
});
