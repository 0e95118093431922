import type { CommandParts, HandlersOf } from '../typed.ts';
import { applyDeclaration } from './apply.ts';
import { compareDeclaration } from './compare.ts';
import { exportDeclaration } from './export.ts';

/** The handlers of servers as files. */
export function declarationCommands({ services, declarations }: CommandParts): HandlersOf<'declaration'> {
  return {
    'pgReplication.declaration.export': (node) => exportDeclaration(services, node),
    'pgReplication.declaration.compare': (uri) => compareDeclaration(services, declarations, uri),
    'pgReplication.declaration.apply': (uri) => applyDeclaration(services, uri),
  };
}
