import type { PGlite } from '@electric-sql/pglite';
import type { PGliteDialectConfig } from 'kysely';

/** `urgent`: a person in Slack waits for it. */
export type Urgency = 'urgent' | 'patient';

export type Gate = {
  pass<T>(urgency: Urgency, task: () => Promise<T>): Promise<T>;
  /** While the task runs, what has time waits, also between the task's own statements; though not for long. */
  prefer<T>(task: () => Promise<T>): Promise<T>;
};

/** How long each patient one is held back at most while urgent ones keep coming. */
const PATIENCE_MS = 50;
/** How long the process may be deaf at a time. */
const BREATH_MS = 5;

/**
 * The embedded database does one thing at a time, in the order of asking. Here urgent statements and transactions
 * overtake the others, so that answering Slack does not wait for work that has time.
 */
export function createGate(): Gate {
  const breathe = createBreath();

  const waiting: Record<Urgency, (() => void)[]> = { urgent: [], patient: [] };
  let busy = false;
  let preferred = 0;
  let timer: NodeJS.Timeout | undefined;

  function admit(patientToo: boolean): void {
    if (busy) return;
    const next = waiting.urgent.shift() ?? (patientToo ? waiting.patient.shift() : undefined);
    if (next !== undefined) {
      busy = true;
      next();
    } else if (waiting.patient.length > 0) {
      timer ??= setTimeout(() => {
        timer = undefined;
        admit(true);
      }, PATIENCE_MS);
    }
  }

  return {
    async pass(urgency, task) {
      await new Promise<void>((resolve) => {
        waiting[urgency].push(resolve);
        admit(preferred === 0);
      });
      try {
        return await task();
      } finally {
        breathe(() => {
          busy = false;
          admit(preferred === 0);
        });
      }
    },
    async prefer(task) {
      preferred += 1;
      try {
        return await task();
      } finally {
        preferred -= 1;
        admit(preferred === 0);
      }
    },
  };
}

/**
 * Statements run synchronously and their ends are microtasks: without a breath now and then, a queue of them would
 * keep the process from reading what Slack sends.
 */
function createBreath(): (then: () => void) => void {
  let lastMs = 0;
  return (then) => {
    if (performance.now() - lastMs < BREATH_MS) return then();
    setImmediate(() => {
      lastMs = performance.now();
      then();
    });
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
