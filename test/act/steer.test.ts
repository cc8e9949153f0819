import { expect, test } from 'vitest';
import { createSteerer } from '../../src/act/steer.ts';
import { bareFacts, DevinError, type DevinErrorCode } from '../../src/devin/errors.ts';
import type { SteeringVerb } from '../../src/queue/index.ts';
import type { SessionSnapshot } from '../../src/session/snapshot.ts';
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
  session?: Partial<SessionRow>;
  onCheck?: (stopping: AbortController) => void;
  /** How Devin fails to do it. */
  code?: DevinErrorCode;
  onSearch?: (stopping: AbortController) => void;
  /** What is recorded of the session before Devin answers. */
  meanwhile?: Partial<SessionRow>;
};

/** U1 steers a session. */
async function steering({
  what,
  session,
  onCheck = () => undefined,
  code = 'not-sent',
  onSearch = () => undefined,
  meanwhile = {},
}: Steering) {
  const { db } = await open();
  const row = sessionRow(session);
  const [told, asked]: [string[], string[]] = [[], []];
  const stopping = new AbortController();
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
    return Promise.reject(new DevinError({ operation: `sessions.${act}`, facts: bareFacts(code) }));
  };
  const steer = createSteerer({
    store: {
      db,
      requests: { find: async () => Promise.resolve(requestRow({ userId: 'U1' })) },
      sessions: { find, lock: find, change },
      milestones: { add: unneeded },
    },
    moveReply: unneeded,
    steeringRefusal: unneeded,
    endingRefusal: async () => {
      onCheck(stopping);
      return Promise.resolve(null);
    },
    devin: {
      terminate: on('stop'),
      archive: on('archive'),
      unarchive: unneeded,
      get: unneeded,
    },
    enqueue: unneeded,
    recordAnswer: unneeded,
    notifier: { notify: tell, notifyMarkup: tell },
    searchUntilFound: async () => {
      onSearch(stopping);
      stopping.signal.throwIfAborted();
      return Promise.resolve(null);
    },
    textFor,
    now: Date.now,
  });
  const job = { sessionId: 's1', userId: 'U1', what };
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
