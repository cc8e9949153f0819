import { parse, protocol, type PGlite } from '@electric-sql/pglite';

const { serialize } = protocol;

/** A change of tables changes the columns that prepared statements return. */
const CHANGES_TABLES = /\b(create|alter|drop)\b/i;
/** Lists of values differ in length, and each length is a statement of its own. */
const MOST = 400;

type Messages = Parameters<typeof parse.parseResults>[0];
/** `columns`: how its rows are described; empty: it has none. */
type Statement = { name: string; types: readonly number[]; columns: Messages };

/**
 * Statements that were parsed before aren't parsed again: in WebAssembly, this takes longer than most of them run.
 * PGlite itself parses each time, and crosses into WebAssembly six times for it.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
 */
export function createPrepared(pglite: PGlite) {
  const statements = new Map<string, Statement>();
  let named = 0;
  let isForgetting = false;

  async function send(...messages: Uint8Array[]) {
    return pglite.execProtocolStream(Buffer.concat(messages), { syncToFs: false });
  }

  async function prepare(sql: string): Promise<Statement> {
    if (isForgetting) await send(serialize.query('deallocate all'));
    isForgetting = false;
    const name = `s${(named += 1)}`;
    const said = await send(
      serialize.parse({ name, text: sql }),
      serialize.describe({ type: 'S', name }),
      serialize.sync(),
    );
    const statement = {
      name,
      types: parse.parseDescribeStatementResults(said),
      columns: said.filter((message) => message.name === 'rowDescription'),
    };
    statements.set(sql, statement);
    if (statements.size >= MOST) forget();
    return statement;
  }

  function forget(): void {
    statements.clear();
    isForgetting = true;
  }

  function toText(value: unknown, type: number | undefined): string | null {
    if (value === null || value === undefined) return null;
    return (pglite.serializers[type ?? 0] ?? String)(value);
  }

  return {
    /** Outside of a transaction, none may begin meanwhile. */
    run: async (sql: string, parameters: readonly unknown[]) =>
      pglite._runExclusiveQuery(async () => {
        const { name, types, columns } = statements.get(sql) ?? (await prepare(sql));
        const values = parameters.map((value, at) => toText(value, types[at]));
        const said = await send(
          serialize.bind({ statement: name, values }),
          serialize.execute(),
          serialize.sync(),
        );
        const [result] = parse.parseResults([...columns, ...said], pglite.parsers);
        if (result === undefined) throw new Error('PGlite changed: a statement had no result');
        return result;
      }),

    /** Before statements that aren't preparable. */
    passBy(sql: string): void {
      if (CHANGES_TABLES.test(sql)) forget();
    },
  };
}
