import type { EnqueueAll } from '../queue/index.ts';
import type { Store } from '../store/store.ts';

/** Who has no card by then gets a word. */
const WORD_MS = 3000;
/** Who has neither by then is counted. */
const SILENT_MS = 30_000;

type WordsContext = {
  store: Pick<Store, 'db' | 'shown'>;
  enqueueAll: EnqueueAll;
  /** Of this many requests nobody has seen anything. */
  onSilent: (count: number) => void;
};

/** A word is private and costs no edit, so it comes however many wait for their cards. */
export async function sayWords({ store, enqueueAll, onSilent }: WordsContext): Promise<void> {
  const silent = await store.db.transaction().execute(async (trx) => {
    const count = await store.shown.countSilent(SILENT_MS, trx);
    const ids = await store.shown.needWord(WORD_MS, trx);
    const jobs = ids.map((requestId) => ({ requestId, notice: 'slow' as const }));
    if (jobs.length > 0) await enqueueAll('tell-person', jobs, trx);
    return count;
  });
  onSilent(silent);
}
