import { saveHistoryRunbook } from '../plan/runbook.ts';
import type { CommandParts, HandlersOf } from '../typed.ts';
import { clearHistory, copyHistorySql, showHistorySql, undoHistory } from './entry.ts';
import { abandonHistory, recheckHistory, resumeHistory } from './resume.ts';

/** The handlers of what was run. */
export function historyCommands({ services, previews }: CommandParts): HandlersOf<'history'> {
  return {
    'pgReplication.history.showSql': (ref) => showHistorySql(services, previews, ref),
    'pgReplication.history.copy': (ref) => copyHistorySql(services, ref),
    'pgReplication.history.undo': (ref) => undoHistory(services, ref),
    'pgReplication.history.clear': () => clearHistory(services),
    'pgReplication.history.saveRunbook': (entry) => saveHistoryRunbook(services, entry),
    'pgReplication.history.resume': (entry) => resumeHistory(services, entry),
    'pgReplication.history.recheck': (entry) => recheckHistory(services, entry),
    'pgReplication.history.abandon': (entry) => abandonHistory(services, entry),
  };
}
