import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import * as z from 'zod/mini';

import { declarationShape } from '../../../src/replication/declaration/shape.ts';

const root = join(import.meta.dirname, '../../..');
const file = join(root, 'schemas/pgreplication.schema.json');

/** What editors are given, made of what the host checks by. */
function schemaOfShape(): unknown {
  const { $schema, ...schema } = z.toJSONSchema(declarationShape, { target: 'draft-7', io: 'input' });
  return { $schema, title: 'PostgreSQL Replication', ...schema };
}

describe('the schema of declaration files', () => {
  it('is the shape that the host checks by (UPDATE_GOLDEN=1 writes it anew; format it then)', () => {
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, `${JSON.stringify(schemaOfShape(), null, 2)}\n`);
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(JSON.stringify(schemaOfShape())));
  });

  it('is in the package, and named for the files it is for', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly contributes: { readonly yamlValidation: readonly { fileMatch: readonly string[]; url: string }[] };
    };
    const [validation] = manifest.contributes.yamlValidation;
    assert.deepEqual(validation?.fileMatch, ['*.pgreplication.yaml', '*.pgreplication.yml']);
    assert.equal(join(root, validation?.url ?? ''), file);
    const packed = readFileSync(join(root, '.vscodeignore'), 'utf8').split('\n');
    assert.ok(packed.includes('!schemas/**'));
  });

  it('describes every key, for completion', () => {
    const bare: string[] = [];
    const visit = (schema: Readonly<Record<string, unknown>>, path: string): void => {
      const { properties = {}, items } = schema as { properties?: Record<string, object>; items?: object };
      for (const [key, property] of Object.entries(properties)) {
        if (!('description' in property)) bare.push(`${path}.${key}`);
        visit(property as Record<string, unknown>, `${path}.${key}`);
      }
      if (items) visit(items as Record<string, unknown>, `${path}[]`);
    };
    visit(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>, '');
    assert.deepEqual(bare, []);
  });
});
