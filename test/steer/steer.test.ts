import { expect, test } from 'vitest';
import { bareFacts, DevinError, type DevinErrorCode } from '../../src/devin/errors.ts';
import type { SteeringVerb } from '../../src/queue/index.ts';
import type { SessionSnapshot } from '../../src/session/snapshot.ts';
import { createSteerer } from '../../src/steer/steer.ts';
import type { SessionChanges, SessionRow } from '../../src/store/sessions.ts';
import { en } from '../../src/text/en.ts';
import { useEmbedded } from '../support/databases.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';
import { unneeded } from '../support/unneeded.ts';

const open = useEmbedded();
const textFor = async () => Promise.resolve(en);
const ENDED = sessionSnapshot('s1', { status: 'exit' });
const ARCHIVED = sessionSnapshot('s1', { status: 'exit', is_archived: true });
const NAME = `<${sessionSnapshot('s1').url}|Devin session>`;

type Steering = {
  what: SteeringVerb;
  requester?: string;
  session?: Partial<SessionRow>;
  onCheck?: (stopping: AbortController) => void;
  /** How Devin fails to do it; null: it does. */
  code?: DevinErrorCode | null;
  onSearch?: (stopping: AbortController) => void;
  /** How Devin shows the session each time it is looked for. */
  seen?: readonly SessionSnapshot[];
  /** What is recorded of the session before Devin answers. */
  meanwhile?: Partial<SessionRow>;
  /** The word in the thread that asks for it, and why its author may not steer. */
  word?: { replyId: string; refusal: string };
};

/** U1 steers a session. */
async function steering({
  what,
  requester = 'U1',
  session,
  onCheck = () => undefined,
  code = 'not-sent',
  onSearch = () => undefined,
  seen = [],
  meanwhile = {},
  word,
}: Steering) {
  const { db } = await open();
  const row = sessionRow(session);
  const [told, asked]: [string[], string[]] = [[], []];
  const stopping = new AbortController();
  const shown = [...seen];
  const tell = async (_userId: string, _answerTo: unknown, ...sentences: string[]): Promise<void> => {
    told.push(...sentences);
    return Promise.resolve();
  };
  const change = async (_id: string, { stoppedBy, archivedBy }: SessionChanges): Promise<void> => {
    asked.push(archivedBy === undefined ? `stopped by ${stoppedBy}` : `archived by ${archivedBy}`);
    if (stoppedBy !== undefined) row.stoppedBy = stoppedBy;
    if (archivedBy !== undefined) row.archivedBy = archivedBy;
    return Promise.resolve();
  };
  const find = async (): Promise<SessionRow> => Promise.resolve({ ...row });
  const on = (act: string) => async (): Promise<SessionSnapshot> => {
    asked.push(act);
    Object.assign(row, meanwhile);
    if (code === null) return Promise.resolve(ENDED);
    throw new DevinError({ operation: `sessions.${act}`, facts: bareFacts(code) });
  };
  const steer = createSteerer({
    store: {
      db,
      requests: { find: async () => Promise.resolve(requestRow({ userId: requester })) },
      sessions: { find, lock: find, change },
      milestones: {
        add: async (_id, keys) => {
          asked.push(...keys);
          return Promise.resolve();
        },
      },
    },
    moveReply: async ({ id, to }) => {
      asked.push(`${id} ${to}`);
      return Promise.resolve(null);
    },
    steeringRefusal: async () => (word === undefined ? unneeded() : Promise.resolve(word.refusal)),
    endingRefusal: async () => {
      onCheck(stopping);
      return Promise.resolve(null);
    },
    devin: {
      terminate: on('stop'),
      archive: on('archive'),
      unarchive: on('unarchive'),
      get: async () => {
        asked.push(`looked, ${told.length} told`);
        return Promise.resolve(shown.shift() ?? unneeded());
      },
    },
    enqueue: async (job) => {
      asked.push(`then ${job}`);
      return Promise.resolve();
    },
    recordAnswer: async () => Promise.resolve(asked.push('recorded')),
    notifier: { notify: tell, notifyMarkup: tell },
    searchUntilFound: async (look) => {
      onSearch(stopping);
      stopping.signal.throwIfAborted();
      while (shown.length > 0) {
        const found = await look();
        if (found !== null) return found;
      }
      return null;
    },
    textFor,
    now: Date.now,
  });
  const job = { sessionId: 's1', userId: 'U1', what, replyId: word?.replyId };
  return { steer: async () => steer(job, stopping.signal), told, asked };
}

const stopApp = (stopping: AbortController): void => stopping.abort(new Error('the app stops'));

test.each<[when: string, how: Partial<Steering>]>([
  ['was not sent', { onCheck: stopApp }],
  ['has no answer yet', { code: 'no-answer', onSearch: stopApp }],
])(
  'a Stop that %s when the app stops is left for the next start, and nobody hears that it failed',
  async (_when, how) => {
    const { steer, told } = await steering({ what: 'stop', ...how });
    await expect(steer()).rejects.toThrow('the app stops');
    expect(told).toEqual([]);
  },
);

test('a Stop in a thread shows who asked for it before how the session is now, and its mark is its answer', async () => {
  const { steer, asked, told } = await steering({ what: 'stop', code: null });
  await steer();
  const shown = ['stopped by U1', 'then show', 'recorded'];
  expect(asked).toEqual(['stopped by U1', 'stop', ...shown, 'then relay-to-devin']);
  expect(told).toEqual([]);
});

test.each<[how: string, steering: Partial<Steering>, noted: [before: string[], after: string[]]]>([
  ['is taken back if Devin does not do it', {}, [['stopped by U1'], ['stopped by null']]],
  [
    'is taken back if Devin does not do it in a second run',
    { session: { stoppedBy: 'U1' } },
    [[], ['stopped by null']],
  ],
  [
    'is taken back if nobody knows whether Devin does it',
    { code: 'no-answer' },
    [['stopped by U1'], ['stopped by null']],
  ],
  ['leaves another person whose Stop may still be done', { session: { stoppedBy: 'U2' } }, [[], []]],
  [
    'stays if another person stopped it meanwhile',
    { meanwhile: { stoppedBy: 'U2' } },
    [['stopped by U1'], []],
  ],
  ['stays if it was over meanwhile', { meanwhile: { snapshot: ENDED } }, [['stopped by U1'], []]],
  [
    'is taken back if Devin does not archive it',
    { what: 'archive' },
    [['archived by U1'], ['archived by null']],
  ],
  [
    'stays if it was archived meanwhile',
    { what: 'archive', meanwhile: { snapshot: ARCHIVED } },
    [['archived by U1'], []],
  ],
])(
  'who stops or archives a session is noted before Devin is asked, and %s',
  async (_how, how, [before, after]) => {
    const { steer, asked } = await steering({ what: 'stop', code: 'forbidden', ...how });
    await steer();
    expect(asked).toEqual([...before, how.what ?? 'stop', ...after]);
  },
);

const OVER = { snapshot: ENDED, phase: 'ended', phaseAt: new Date(5), stoppedBy: 'U1' } as const;

test.each<[news: string, session: Partial<SessionRow>, isTold: boolean]>([
  ['hears of a Stop', { phase: 'working' }, true],
  ['hears of a Stop whose end was seen before a second run', OVER, true],
  ['hears nothing of a Stop after the session had finished', { ...OVER, phase: 'finished' }, false],
])('the requester %s, under one key', async (_news, session, isTold) => {
  const { steer, asked } = await steering({ what: 'stop', code: null, requester: 'U9', session });
  await steer();
  expect(asked.filter((one) => one.startsWith('ended-by'))).toEqual(isTold ? ['ended-by:U1'] : []);
});

test.each<[which: string, what: SteeringVerb, session: Partial<SessionRow>, asked: string[]]>([
  ['a Stop that another person came first with', 'stop', { snapshot: ENDED, stoppedBy: 'U2' }, []],
  ['a Stop of a session that ended by itself', 'stop', { snapshot: ENDED }, []],
  ['a Stop whose job runs twice', 'stop', { snapshot: ENDED, stoppedBy: 'U1' }, ['stop']],
  ['an Archive that another person came first with', 'archive', { snapshot: ARCHIVED, archivedBy: 'U2' }, []],
  ['an Archive whose job runs twice', 'archive', { snapshot: ARCHIVED, archivedBy: 'U1' }, ['archive']],
  [
    'an Archive of what the person stopped',
    'archive',
    { snapshot: ENDED, stoppedBy: 'U1' },
    ['archived by U1', 'archive', 'archived by null'],
  ],
])(
  '%s reaches Devin if there is something to do, and is answered once',
  async (_which, what, session, asked) => {
    const steered = await steering({ what, session });
    await steered.steer();
    expect(steered.asked).toEqual(asked);
    expect(steered.told.some((one) => one === en.steering.notDone[what](NAME))).toBe(asked.length > 0);
  },
);

test('a word in the thread of a person who may not steer does nothing, loses its mark, and says why', async () => {
  const word = { replyId: 'r1', refusal: 'Only members can.' };
  const { steer, asked, told } = await steering({ what: 'stop', word });
  await steer();
  expect(asked).toEqual(['r1 skipped']);
  expect(told).toEqual(['Only members can.']);
});

const RUNS = sessionSnapshot('s1');
const LOOKED_TWICE = ['looked, 0 told', 'looked, 2 told'];
const LOST = [en.steering.lost.stop(NAME), en.steering.lostNow];

test.each<[how: string, seen: SessionSnapshot[], looks: string[], told: string[]]>([
  ['is done by the first look is told nothing', [ENDED], ['looked, 0 told', 'stopped by U1'], []],
  ['is done later hears of it once', [RUNS, ENDED], [...LOOKED_TWICE, 'stopped by U1'], LOST],
  ["isn't done hears of it once", [RUNS, RUNS], [...LOOKED_TWICE, 'stopped by null'], LOST],
])(
  'a person whose Stop has no answer and %s, before Devin is asked again',
  async (_how, seen, looks, words) => {
    const { steer, asked, told } = await steering({ what: 'stop', code: 'no-answer', seen });
    await steer();
    expect(asked.slice(0, 2 + looks.length)).toEqual(['stopped by U1', 'stop', ...looks]);
    expect(told).toEqual(words);
  },
);

test('a person whose Stop conflicts with what the session does hears so while it is looked for, and then why', async () => {
  const { steer, asked, told } = await steering({ what: 'stop', code: 'conflict', seen: [RUNS, RUNS] });
  await steer();
  expect(asked.slice(2)).toEqual([...LOOKED_TWICE, 'stopped by null']);
  expect(told).toEqual([...LOST, en.steering.notDone.stop(NAME), expect.any(String)]);
});

const ASLEEP = sessionSnapshot('s1', { status: 'suspended' });

test.each<[when: string, code: DevinErrorCode, seen: SessionSnapshot[], calls: string[]]>([
  ['leaves the archive alone if Devin refuses', 'forbidden', [], ['archive']],
  ["leaves the archive alone if it isn't seen asleep", 'no-answer', [RUNS, RUNS], ['archive']],
  [
    'is taken out of the archive once it is seen asleep',
    'no-answer',
    [ASLEEP, RUNS],
    ['archive', 'unarchive'],
  ],
])('a session that is put to sleep %s', async (_when, code, seen, calls) => {
  const { steer, asked } = await steering({ what: 'sleep', code, seen });
  await steer();
  expect(asked.filter((one) => one.endsWith('archive'))).toEqual(calls);
});
