import type { Kind } from '../kind.ts';
import { connectionNode, type FolderNode } from '../node.ts';
import { count } from '../words.ts';

/** A folder of connections. */
export const folderKind: Kind<FolderNode> = {
  row(node, model) {
    const size = model.connections().filter(({ folder }) => folder === node.name).length;
    return {
      label: node.name,
      icon: { id: 'folder' },
      contextValue: 'folder',
      accessibleLabel: `${node.name}, folder, ${count(size, 'connection')}`,
      children: 'expanded',
    };
  },
  children(node, model) {
    return model
      .connections()
      .filter(({ folder }) => folder === node.name)
      .map(({ id }) => connectionNode(id));
  },
};
