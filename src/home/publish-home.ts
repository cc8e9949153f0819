import type { ResolveIdentity } from '../identity/resolve.ts';
import { nullIfFails } from '../log.ts';
import { againInMs, type Enqueue } from '../queue/index.ts';
import { applyDefaults, type WithNames } from '../session/defaults.ts';
import type { LookedUpIdentity } from '../session/identity.ts';
import { cardView } from '../slack/card-view.ts';
import { cardMessage, type MessagePlace } from '../slack/edge/posted-messages.ts';
import type { Slack } from '../slack/edge/slack.ts';
import { shownIdentity } from '../slack/form-view.ts';
import { keyRefused } from '../slack/views/failures.ts';
import { renderHome, type Home, type HomeFile, type HomeHealth } from '../slack/views/home.ts';
import type { Person } from '../store/identities.ts';
import { MOST_COUNTED } from '../store/listing.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { SessionRow } from '../store/sessions.ts';
import { shownKey } from '../store/shown.ts';
import type { Store, StoreParts } from '../store/store.ts';
import type { Text } from '../text/index.ts';
import { sleep } from '../time.ts';
import type { Tuning } from '../times.ts';
import type { Spending } from '../trust/index.ts';

export type PublishDeps = {
  store: Pick<Store, 'listing' | 'requests' | 'sessions' | 'settings' | 'shown'>;
  slack: Pick<Slack, 'outbound' | 'textFor'>;
  resolve: ResolveIdentity;
  withNames: WithNames;
  usage: Pick<Spending, 'ofPerson' | 'ofEveryone'>;
  command: string;
  tuning: Pick<Tuning, 'log' | 'now'>;
};

type ForAdmins = {
  /** null: the person is no administrator. */
  healthFor: (userId: string) => Promise<HomeHealth | null>;
  filesFor: (userId: string) => Promise<HomeFile[]>;
};

type Whose = Person & { channelId: string };
/** What Slack and Devin have to be asked for. `looking`: not known yet. */
type Known = Pick<Home, 'health' | 'files' | 'everyone'> & { identity: LookedUpIdentity | 'looking' };

type Read = Pick<Home, 'channelId' | 'defaults' | 'preferences' | 'usage'> & {
  entries: { request: SessionRequest; session: SessionRow | null }[];
  /** How many sessions there are in all, counted up to MOST_COUNTED. */
  total: number;
  /** What waits for this person's approval, and their message about each; `total`: of all of them. */
  approvals: { asked: { request: SessionRequest; message: MessagePlace | null }[]; total: number };
};

const NOT_KNOWN_YET: Known = { identity: 'looking', health: null, files: [], everyone: null };
const SHOWN_SESSIONS = 10;
const SHOWN_APPROVALS = 10;
/** How long the first picture waits to know who sessions run as. */
const IDENTITY_WAIT_MS = 1000;

/** Renders a person's App Home from the rows and publishes it. It is a snapshot, and shows its time. */
export function createHomePublisher(deps: PublishDeps, { healthFor, filesFor }: ForAdmins) {
  const { store, slack, resolve, usage, command } = deps;
  const { log, now } = deps.tuning;
  const { listing, requests, sessions, settings } = store;
  const { outbound, textFor } = slack;

  async function look(person: Whose): Promise<Known> {
    const { userId } = person;
    const [identity, health, files, everyone] = await Promise.all([
      nullIfFails(resolve(person).catch(keyRefused), log, 'a Home could not show who sessions run as'),
      healthFor(userId),
      nullIfFails(filesFor(userId), log, 'a Home could not show the policy and the identity file'),
      nullIfFails(usage.ofEveryone(person), log, 'a Home could not show what everyone used'),
    ]);
    return { identity, health, files: files ?? [], everyone };
  }

  async function entry(requestId: string): Promise<Read['entries']> {
    const [request, session] = await Promise.all([requests.find(requestId), sessions.ofRequest(requestId)]);
    return request === null ? [] : [{ request, session }];
  }

  async function approvalsOf(person: Person): Promise<Read['approvals']> {
    const found = await listing.approvalsFor({ ...person, limit: SHOWN_APPROVALS });
    const asked = await Promise.all(
      found.asked.map(async ({ requestId, channelId, ts }) => {
        const request = await requests.find(requestId);
        const message = channelId === null || ts === null ? null : { channelId, ts, threadTs: null };
        return request === null ? [] : [{ request, message }];
      }),
    );
    return { asked: asked.flat(), total: found.total };
  }

  async function readRows(whose: Whose): Promise<Read> {
    const [{ requestIds, total }, approvals, layers, preferences, used] = await Promise.all([
      listing.mostPressing({ ...whose, limit: SHOWN_SESSIONS }),
      approvalsOf(whose),
      settings.layersFor(whose),
      settings.preferencesFor(whose),
      usage.ofPerson(whose),
    ]);
    const entries = await Promise.all(requestIds.map(entry));
    const { channelId } = whose;
    const drawn = { channelId, entries: entries.flat(), total, approvals, preferences, usage: used };
    return { ...drawn, defaults: deps.withNames(applyDefaults(layers)) };
  }

  function draw({ identity, ...known }: Known, read: Read, text: Text): Home {
    const { entries, total, approvals, ...others } = read;
    const nowMs = now();
    const { permalink } = outbound;
    return {
      ...others,
      ...known,
      command,
      runsAs: identity === 'looking' ? { kind: 'looking' } : shownIdentity(identity, text),
      sessions: entries.map(({ request, session }) => ({
        card: cardView({ request, session, nowMs }, text),
        thread: permalink(cardMessage(request)),
      })),
      total: { count: total, more: total >= MOST_COUNTED },
      approvals: {
        asked: approvals.asked.map(({ request, message }) => ({
          card: cardView({ request, session: null, nowMs }, text),
          message: permalink(message),
        })),
        total: approvals.total,
      },
      drawnAtMs: nowMs,
    };
  }

  /** When to try again, in ms; null: never. */
  async function publish(whose: Whose, known: Known): Promise<number | null> {
    const read = await readRows(whose);
    const text = await textFor(whose.userId, read.preferences.language);
    const home = draw(known, read, text);
    const published = await outbound.publishHome(whose.userId, renderHome(home, text));
    return againInMs(published, 'a Home', log);
  }

  /** `subject`: the workspace and the person. */
  return async (subject: string): Promise<number | null> => {
    const [teamId = '', userId = ''] = subject.split(':');
    const { channelId = null } = (await store.shown.find(shownKey('home', subject))) ?? {};
    if (channelId === null) return null;
    const whose = { teamId, userId, channelId };
    const looking = look(whose);
    const over = new AbortController();
    const waited = sleep(IDENTITY_WAIT_MS, over.signal);
    const known = await Promise.race([looking, waited.then(() => 'looking' as const)]);
    over.abort();
    if (known !== 'looking') return publish(whose, known);
    await publish(whose, NOT_KNOWN_YET);
    return publish(whose, await looking);
  };
}

/** How long after it was opened a Home may still be in view. */
const OPEN_MS = 30 * 60_000;

export type RedrawHome = (person: Person) => Promise<void>;

type RedrawDeps = {
  store: StoreParts<{ shown: 'find' }>;
  enqueue: Enqueue;
  tuning: Pick<Tuning, 'homePauseMs'>;
};

/** Redraws a person's Home, if they may be looking at it. */
export function createHomeRedrawer({ store: { shown }, enqueue, tuning }: RedrawDeps): RedrawHome {
  return async ({ teamId, userId }) => {
    const key = shownKey('home', teamId, userId);
    const { triedMsAgo: openedMsAgo = Infinity } = (await shown.find(key)) ?? {};
    if (openedMsAgo < OPEN_MS) await enqueue('show', { key }, { startAfterMs: tuning.homePauseMs });
  };
}
