import type { CommandParts, HandlersOf } from '../typed.ts';
import { addTables } from './addTables.ts';
import { copyPublicationSql } from './copySql.ts';
import { createPublication } from './create.ts';
import { dropPublication } from './drop.ts';
import { editPublication } from './edit.ts';
import { editMember } from './editMember.ts';
import { changePublicationOwner, renamePublication, setPublicationComment } from './nameAndOwner.ts';
import { removeMember } from './removeMember.ts';
import { showPublishedTables } from './showTables.ts';
import { subscribeFrom } from './subscribe.ts';

/** The handlers of publications. */
export function publicationCommands({ services, previews, servers }: CommandParts): HandlersOf<'publication'> {
  return {
    'pgReplication.publication.create': (node, selected) => createPublication(services, node, selected),
    'pgReplication.publication.subscribe': (node, selected) => subscribeFrom(services, node, selected),
    'pgReplication.publication.drop': (node, selected) => dropPublication(services, servers.model, node, selected),
    'pgReplication.publication.edit': (node) => editPublication(services, node),
    'pgReplication.publication.editMember': (node) => editMember(services, node),
    'pgReplication.publication.addTables': (node, selected) => addTables(services, node, selected),
    'pgReplication.publication.showTables': (node) => showPublishedTables(services, previews, node),
    'pgReplication.publication.rename': (node) => renamePublication(services, node),
    'pgReplication.publication.changeOwner': (node) => changePublicationOwner(services, node),
    'pgReplication.publication.setComment': (node) => setPublicationComment(services, node),
    'pgReplication.publication.copySql': (node) => copyPublicationSql(services, node),
    'pgReplication.publication.removeMember': (node, selected) => removeMember(services, node, selected),
  };
}
