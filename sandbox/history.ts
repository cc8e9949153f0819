import { sessionPhase } from '../src/session/lifecycle.ts';
import { pullRequestKey } from '../src/session/milestones.ts';
import type { Language } from '../src/session/preferences.ts';
import { answeredSessionSchema, pullRequestUrls } from '../src/session/snapshot.ts';
import { cardView } from '../src/slack/card-view.ts';
import { renderCard } from '../src/slack/views/session-card.ts';
import { openDatabase, type Database } from '../src/store/database.ts';
import { createRequests } from '../src/store/requests.ts';
import { prepareSchema } from '../src/store/schema.ts';
import { createSessions } from '../src/store/sessions.ts';
import { cardKey, createShown } from '../src/store/shown.ts';
import { createLanguages } from '../src/text/languages.ts';
import type { LocalDevin, LocalSession } from './devin/index.ts';
import { SAMPLES } from './sample/languages.ts';
import type { Inhabited, SeedClock } from './seed.ts';
import type { LocalSlack } from './slack/index.ts';

type Stage = { slack: LocalSlack; devin: LocalDevin; language: Language; clock: SeedClock };

type Past = {
  who: 'ana' | 'ben' | 'mei';
  where: 'payments' | 'general';
  daysAgo: number;
  minutes: number;
  repo: string;
  acus: number;
  /** Of its pull request; null: it fell asleep before it had one. `ended`: it was stopped. */
  state: 'merged' | 'open' | 'ended' | null;
};

/** In the order of their tasks in sample/. */
const PAST: readonly Past[] = [
  { who: 'ana', where: 'payments', daysAgo: 13, minutes: 34, repo: 'web', acus: 2.1, state: 'merged' },
  { who: 'mei', where: 'payments', daysAgo: 12, minutes: 95, repo: 'api', acus: 6.4, state: 'merged' },
  {
    who: 'ben',
    where: 'general',
    daysAgo: 11,
    minutes: 21,
    repo: 'infrastructure',
    acus: 1.3,
    state: 'merged',
  },
  { who: 'ana', where: 'payments', daysAgo: 8, minutes: 48, repo: 'checkout', acus: 3.2, state: 'merged' },
  { who: 'mei', where: 'general', daysAgo: 7, minutes: 12, repo: 'web', acus: 0.8, state: 'ended' },
  { who: 'ben', where: 'payments', daysAgo: 6, minutes: 130, repo: 'api', acus: 8.7, state: 'merged' },
  { who: 'ana', where: 'general', daysAgo: 4, minutes: 27, repo: 'web', acus: 1.6, state: 'merged' },
  { who: 'mei', where: 'payments', daysAgo: 3, minutes: 64, repo: 'checkout', acus: 4.5, state: 'open' },
  { who: 'ana', where: 'payments', daysAgo: 2, minutes: 41, repo: 'api', acus: 2.9, state: null },
  { who: 'ben', where: 'general', daysAgo: 1, minutes: 18, repo: 'web', acus: 1.1, state: 'merged' },
];
const CAP = 10;
const DAY_MINUTES = 24 * 60;

/** Two weeks of sessions that rest by now: at Devin, in Slack, and in the database of an app that has yet to start. */
export async function addHistory(stage: Stage, world: Inhabited, dataDir: string): Promise<void> {
  const database = await openDatabase({ dataDir });
  stage.devin.script([]);
  try {
    await prepareSchema(database.db);
    const tasks = SAMPLES[stage.language].sessions.past;
    for (const [at, past] of PAST.entries()) {
      const session = finish(stage, past, tasks[at] ?? '');
      await record(stage, database.db, {
        session,
        userId: world.people[past.who],
        channelId: world.channels[past.where],
      });
    }
  } finally {
    stage.devin.script('normal');
    await database.close();
  }
}

function finish({ devin, clock }: Stage, past: Past, prompt: string): LocalSession {
  const { who, daysAgo, minutes, repo, acus, state } = past;
  clock.minutesAgo(daysAgo * DAY_MINUTES);
  const asked = {
    prompt,
    repos: [`acme/${repo}`],
    max_acu_limit: CAP,
    create_as_user_id: `user-${who}`,
    resumable: true,
  };
  const { id } = devin.create(asked);
  clock.minutesAgo(daysAgo * DAY_MINUTES - minutes);
  devin.advance(id, { status: 'running', acus });
  if (state === 'ended') devin.advance(id, { status: 'exit' });
  else {
    if (state !== null) devin.advance(id, { pullRequest: { state } });
    devin.advance(id, { status: 'suspended', statusDetail: 'inactivity' });
  }
  return devin.session(id);
}

type Asked = { session: LocalSession; userId: string; channelId: string };

/** As the app would have, with the card that its last edit left. */
async function record(
  { slack, devin, language }: Stage,
  db: Database['db'],
  { session, userId, channelId }: Asked,
): Promise<void> {
  const {
    id: sessionId,
    number,
    createdAtMs,
    updatedAtMs,
    acusConsumed: consumed,
    request: { prompt, repos },
  } = session;
  const { teamId, botUserId } = slack.workspace;
  const [requests, sessions, text] = [
    createRequests(db),
    createSessions(db),
    createLanguages(language).shared,
  ];
  const [createdAt, at] = [new Date(createdAtMs), new Date(updatedAtMs)];
  const requestId = `past-${number}`;
  const place = { teamId, channelId, threadTs: null, placeKind: 'public' } as const;
  const draft = { values: { prompt, repos: repos ?? [], max_acu_limit: CAP }, sources: {} };
  await requests.insert([
    {
      ...place,
      id: requestId,
      dedupeKey: requestId,
      source: 'command',
      userId,
      draft,
      context: null,
      slackFileIds: [],
      sealed: null,
    },
  ]);
  const name = slack.users.get(userId)?.realName ?? '';
  const identity = {
    kind: 'matched',
    devinUserId: session.userId ?? '',
    name,
    slackName: name,
    how: 'email',
    checkedAtMs: createdAtMs,
  } as const;
  await requests.advance({
    id: requestId,
    from: 'accepted',
    to: 'created',
    changes: { sessionId, identity },
  });
  const snapshot = answeredSessionSchema.parse(devin.wire(sessionId));
  const told = pullRequestUrls(snapshot).map(pullRequestKey);
  const wasFinished = told.length > 0;
  await sessions.bind({ sessionId, requestId, snapshot, teamId, channelId, threadTs: '', told }, db);
  const phase = sessionPhase(snapshot, wasFinished);
  await sessions.change(sessionId, { phase, phaseAt: at, changedAt: at, wasFinished });
  await db
    .insertInto('ledger')
    .values({
      requestId,
      sessionId,
      teamId,
      userId,
      channelId,
      at: createdAt,
      cap: CAP,
      consumed,
      isOpen: false,
    })
    .execute();
  for (const table of ['sessionRequests', 'sessions'] as const)
    await db.updateTable(table).set({ createdAt }).where('sessionId', '=', sessionId).execute();
  const request = await requests.find(requestId);
  if (request === null) return;
  const card = cardView({ request, session: await sessions.find(sessionId), nowMs: updatedAtMs }, text);
  const { text: words, blocks } = renderCard(card, text);
  const ts = slack.say(botUserId, channelId, words, { blocks });
  await db.transaction().execute(async (trx) => {
    await requests.cardPosted(requestId, { channelId, ts, elsewhere: null }, trx);
    await sessions.place(sessionId, { channelId, threadTs: ts }, trx);
  });
  await createShown(db).posted({ key: cardKey(requestId), channelId, threadTs: null, ts }, undefined, db);
}
