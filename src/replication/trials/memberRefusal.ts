import { describeError, type ErrorDescription, type ErrorKind, type ReplicationError } from '../model/errors.ts';

/** Our sentence for a refusal of the server, and what can be done about it. */
interface Words {
  readonly code: string;
  /** Fits the server's message and detail. */
  readonly text?: RegExp;
  readonly kind?: ErrorKind;
  readonly message: (object: string, said: string) => string;
  readonly advice: string;
}

const filterAdvice = 'A row filter is a condition over the columns of this one table, as in a WHERE clause.';

/** The first that fits counts. Refusals of members as PostgreSQL 10 to 18 word them; what fits none keeps its words. */
const words: readonly Words[] = [
  {
    code: '0A000',
    text: /mutable functions/,
    kind: 'invalidInput',
    message: (object) =>
      `The row filter of ${object} uses a function of your own, or one whose result can change (such as now() or random()). PostgreSQL allows neither.`,
    advice: 'Use built-in functions that always give the same result for the same values.',
  },
  {
    code: '0A000',
    text: /User-defined types/,
    kind: 'invalidInput',
    message: (object) =>
      `The row filter of ${object} uses a column or value of a type of your own (an enum, say), which PostgreSQL doesn’t allow there.`,
    advice: 'Filter by a column of a built-in type.',
  },
  {
    code: '0A000',
    text: /User-defined operators|User-defined collations|User-defined/,
    kind: 'invalidInput',
    message: (object) =>
      `The row filter of ${object} uses an operator or collation of your own, which PostgreSQL doesn’t allow there.`,
    advice: 'Use built-in operators and collations.',
  },
  {
    code: '0A000',
    text: /System columns/,
    kind: 'invalidInput',
    message: (object) => `The row filter of ${object} uses a system column, which PostgreSQL doesn’t allow there.`,
    advice: 'Filter by columns of the table itself.',
  },
  {
    code: '0A000',
    text: /WHERE/,
    kind: 'invalidInput',
    message: (object) =>
      `The row filter of ${object} holds more than a filter may: only columns, constants, built-in operators and functions, and no subquery.`,
    advice: filterAdvice,
  },
  {
    code: '0A000',
    text: /partitioned table/,
    message: (object) => `${object} is a partitioned table, which this version can’t publish as a whole.`,
    advice: 'Publish its partitions.',
  },
  {
    code: '42804',
    message: (object) => `The row filter of ${object} isn’t a condition: what it gives is neither true nor false.`,
    advice: 'Write a comparison, such as status = 1.',
  },
  {
    code: '42803',
    message: (object) => `The row filter of ${object} uses an aggregate; a filter sees one row at a time.`,
    advice: filterAdvice,
  },
  {
    code: '42P20',
    message: (object) => `The row filter of ${object} uses a window function; a filter sees one row at a time.`,
    advice: filterAdvice,
  },
  {
    code: '42703',
    text: /of relation/,
    message: (object, said) => `A column in the column list of ${object} isn’t there: ${said}.`,
    advice: 'Refresh: it may have been renamed or dropped meanwhile.',
  },
  {
    code: '42703',
    message: (object, said) => `The row filter of ${object} names something that isn’t a column of it: ${said}.`,
    advice: 'Check its spelling; a name with upper-case letters needs double quotes.',
  },
  {
    code: '42883',
    kind: 'invalidInput',
    message: (object, said) => `The row filter of ${object} compares or calls what doesn’t exist: ${said}.`,
    advice: 'Check the types of both sides, and the name of the function.',
  },
  {
    code: '42710',
    text: /duplicate column/,
    message: (object, said) => `The column list of ${object} names a column twice: ${said}.`,
    advice: 'Name it once.',
  },
  {
    code: '42P10',
    text: /system column/,
    message: (object) => `The column list of ${object} names a system column, which can’t be published.`,
    advice: 'Leave it out.',
  },
  {
    code: '42P10',
    text: /generated column/,
    message: (object, said) =>
      `The column list of ${object} names a generated column that this server can’t publish: ${said}.`,
    advice: 'Leave it out: the subscriber can generate it itself.',
  },
  {
    code: '22023',
    text: /partition_root/,
    message: (object) =>
      `${object} is a partitioned table: it can have a column list or row filter only where changes are published via the partition root.`,
    advice: 'Publish via the partition root, or choose its partitions.',
  },
  {
    code: '22023',
    text: /is not a table|is a system table|cannot be replicated|cannot add relation/,
    message: (object, said) => `${object} can’t be published: ${said}.`,
    advice:
      'Only ordinary and partitioned tables whose changes are in the WAL can be published: no views, no unlogged, temporary or system tables.',
  },
  {
    code: '42501',
    text: /must be owner/,
    message: (object) => `Only its owner may publish ${object}.`,
    advice: 'Connect as its owner or as a superuser.',
  },
  {
    code: '42P01',
    message: (object) => `${object} isn’t there any more.`,
    advice: 'Refresh: it may have been renamed or dropped meanwhile.',
  },
  {
    code: '55P03',
    kind: 'timeout',
    message: (object) => `${object} is locked by another session, so the server couldn’t be asked about it now.`,
    advice: 'It is judged when it runs; or try again when that session is done.',
  },
  {
    code: '42601',
    message: (object, said) => `The row filter of ${object} isn’t one whole condition: ${said}.`,
    advice: filterAdvice,
  },
];

/** A refusal of one table by the server, in our words; `object` is its label. */
export function explainMemberRefusal(error: ReplicationError, object: string): ErrorDescription {
  const { server } = error;
  const said = `${server?.message ?? ''}\n${server?.detail ?? ''}`;
  const fit = words.find(({ code, text }) => code === server?.code && (text?.test(said) ?? true));
  const described = describeError(error);
  if (fit) {
    return {
      ...described,
      kind: fit.kind ?? described.kind,
      message: fit.message(object, server?.message ?? error.message),
      advice: fit.advice,
    };
  }
  if (error.kind === 'timeout') {
    return {
      ...described,
      message: `The server couldn’t say in time whether ${object} can be published.`,
      advice: 'It is judged when it runs; or try again later.',
    };
  }
  return {
    ...described,
    message: `PostgreSQL doesn’t take ${object} like this: ${server?.message ?? error.message}.`,
    advice: described.advice ?? 'Change its columns or its row filter.',
  };
}
