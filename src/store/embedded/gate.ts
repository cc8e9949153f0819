import type { PGlite } from '@electric-sql/pglite';
import type { PGliteDialectConfig } from 'kysely';

/** `urgent`: a person in Slack waits for it. */
export type Urgency = 'urgent' | 'patient';

type Waiting = () => void;
export type Gate = { pass<T>(urgency: Urgency, task: () => Promise<T>): Promise<T> };

/**
 * The embedded database does one thing at a time, in the order of asking. Here urgent statements and transactions
 * overtake the others, so that answering Slack does not wait for work that has time.
 */
export function createGate(): Gate {
  const waiting: Record<Urgency, Waiting[]> = { urgent: [], patient: [] };
  let busy = false;

  const leave = (): void => {
    const next = waiting.urgent.shift() ?? waiting.patient.shift();
    if (next === undefined) busy = false;
    else next();
  };

  return {
    async pass(urgency, task) {
      if (busy) await new Promise<void>((resolve) => waiting[urgency].push(resolve));
      busy = true;
      try {
        return await task();
      } finally {
        leave();
      }
    },
  };
}

type KyselyPGlite = Exclude<PGliteDialectConfig['pglite'], (...parameters: never[]) => unknown>;

/** The one PGlite, as a Kysely instance of this urgency sees it. */
export function throughGate(pglite: PGlite, gate: Gate, urgency: Urgency): KyselyPGlite {
  return {
    get closed() {
      return pglite.closed;
    },
    get ready() {
      return pglite.ready;
    },
    waitReady: pglite.waitReady,
    close: async () => pglite.close(),
    query: async (sql, parameters, options) =>
      gate.pass(urgency, async () => pglite.query(sql, parameters, options)),
    transaction: async (task) => gate.pass(urgency, async () => pglite.transaction(task)),
  };
}
