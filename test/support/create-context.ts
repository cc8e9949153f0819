import type { CreateContext } from '../../src/create/context.ts';
import { create } from '../../src/create/index.ts';
import { createLog } from '../../src/log.ts';
import { Later } from '../../src/queue/index.ts';
import type { EffectiveDraft } from '../../src/session/defaults.ts';
import { createSeal } from '../../src/store/envelope.ts';
import type { NewRequest, RequestChanges, SessionRequest } from '../../src/store/requests.ts';
import { databaseClock } from '../../src/store/sql.ts';
import { createStore } from '../../src/store/store.ts';
import type { Open } from './databases.ts';
import { heldLease } from './lease.ts';
import { newRequest } from './request-row.ts';
import { sessionSnapshot } from './session-snapshot.ts';

const never = async (): Promise<never> => Promise.reject(new Error('nobody asks for that'));

export const ANA = {
  kind: 'matched',
  devinUserId: 'user-1',
  name: 'Ana',
  how: 'email',
  checkedAtMs: 0,
} as const;

const NO_RULES = {
  set: { modes: [], values: {} },
  defaults: {},
  preferences: {},
  instructions: null,
  fillIn: (draft: EffectiveDraft) => draft,
};

/** A request on a real database, with a Devin that creates `s1` for U1 at once, and lists nothing. */
export async function createSetting(open: Open, changes: Partial<CreateContext> = {}) {
  const { db } = await open();
  const editBudget = { perMinute: 1000, burst: 1000 };
  const store = createStore(db, createSeal(Buffer.alloc(32)), { editBudget, clock: databaseClock });
  const jobs: string[] = [];
  const states: string[] = [];
  const c: CreateContext = {
    store,
    devin: {
      time: async () => Promise.resolve(new Date(1)),
      sessions: {
        create: async () => Promise.resolve(sessionSnapshot('s1', { user_id: ANA.devinUserId })),
        listAll: async () => Promise.resolve([]),
      },
      messages: { list: async () => Promise.resolve({ items: [], endCursor: null, hasNextPage: false }) },
      attachments: { upload: async () => Promise.resolve({ url: '' }) },
      catalog: { idOf: async (_lookup, typed) => Promise.resolve(typed) },
    },
    slack: {
      thread: { read: never, quote: never },
      nameMentions: async (text) => Promise.resolve(text),
      files: { open: never, find: never },
      presence: async () => Promise.resolve('in'),
      groups: { idsOf: never },
      people: { find: never },
    },
    resolve: async () => Promise.resolve(ANA),
    gate: {
      judge: async ({ draft }) => Promise.resolve({ kind: 'allowed', draft, approved: [], rule: null }),
      rulesAt: async () => Promise.resolve(NO_RULES),
    },
    limiter: { beforeSending: async () => Promise.resolve(null) },
    budget: { fit: async () => Promise.resolve({ kind: 'fits', at: new Date(0) }) },
    enqueue: async (name) => void (await Promise.resolve(jobs.push(name))),
    withLease: async (_name, task) => task(heldLease),
    show: async () => Promise.resolve(null),
    searchUntilFound: async (look) => look(),
    withNames: (draft) => draft,
    tagRequests: true,
    knownSince: () => new Date(0),
    onMoved: (state) => void states.push(state),
    tuning: { log: createLog('silent'), now: Date.now, undoMs: 0, silentMs: 30_000 },
    ...changes,
  };
  const find = async (id = 'r1'): Promise<SessionRequest> => {
    const found = await store.requests.find(id);
    if (found === null) throw new Error('the request is not there');
    return found;
  };
  /** A request that is in this state. */
  const insert = async (
    state: SessionRequest['state'] = 'accepted',
    row: RequestChanges = {},
    as: Partial<NewRequest> = {},
  ) => {
    await store.requests.insert([newRequest('r1', as)]);
    await store.requests.advance({ id: 'r1', from: 'accepted', to: state, changes: row });
  };
  /** Whether the queue will try again. */
  const run = async (id = 'r1'): Promise<boolean> =>
    create(c, id, new AbortController().signal).then(
      () => false,
      (error: unknown) => {
        if (error instanceof Later) return true;
        throw error;
      },
    );
  return { c, store, jobs, states, find, insert, run };
}
