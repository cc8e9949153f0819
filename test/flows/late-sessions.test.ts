import { describe, expect, test } from 'vitest';
import { typeTask } from '../support/asking.ts';
import { startBot } from '../support/bot.ts';
import { cardOf } from '../support/look.ts';
import { someoneIn } from '../support/people.ts';
import { QUICK_THREADS } from '../support/quick.ts';
import { DEVINS, SILENT_DEVIN, useWorld } from '../support/worlds.ts';

const CREATE = { method: 'POST', path: /\/sessions$/ } as const;
const MINUTE_MS = 60_000;

/** A Devin whose list of sessions lags while `lagging`, and a clock that can be set forward. */
function createLag() {
  const state = { lagging: false, aheadMs: 0, onLagged: (_query: URLSearchParams): void => undefined };
  const isList = (request: Request): boolean =>
    request.method === 'GET' && new URL(request.url).pathname.endsWith('/sessions');
  const lateFetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    if (!state.lagging || !isList(request)) return fetch(request);
    state.onLagged(new URL(request.url).searchParams);
    return Response.json({ items: [], has_next_page: false });
  };
  const overrides = {
    ...QUICK_THREADS.overrides,
    fetch: lateFetch,
    now: () => Date.now() + state.aheadMs,
  };
  return { state, overrides };
}

function useLag() {
  const { state, overrides } = createLag();
  const world = useWorld({ overrides, devin: SILENT_DEVIN });

  /** A person whose session was created, but the answer was lost and the list doesn't show it yet. */
  const lose = async (task: string) => {
    const { slack, devin } = world();
    state.lagging = true;
    devin.fail(CREATE, { afterEffect: true, times: 1 });
    const { ana, channelId } = someoneIn(world());
    await typeTask({ slack }, { userId: ana.userId, channelId }, task);
    const card = await cardOf(slack, channelId, (text) => text.includes('Not confirmed'));
    const first = await devin.waitForSession(({ userId }) => userId === ana.devinUserId);
    const showing = async (words: string) => cardOf(slack, channelId, (text) => text.includes(words));
    const told = async (words: string) =>
      slack.waitForMessage(channelId, (one) => one.threadTs === card.ts && one.text.includes(words));
    const press = async (button: string) => slack.clickButton(ana.userId, { channelId, ts: card.ts }, button);
    return { ana, channelId, first, showing, told, press };
  };
  const aMinuteLater = (): void => {
    state.lagging = false;
    state.aheadMs += 2 * MINUTE_MS;
  };
  return { state, overrides, world, lose, aMinuteLater };
}

describe('a session that turns up late', () => {
  const { state, world, lose, aMinuteLater } = useLag();

  test('continues on its card like any other, and the requester is told', async () => {
    const { devin, slack } = world();
    const { ana, channelId, first, showing, told } = await lose('turn up late');
    aMinuteLater();
    await showing(first.url);
    const message = await told('did start');
    expect(message.text).toContain(`<@${ana.userId}>`);
    devin.advance(first.id, { status: 'running', statusDetail: 'waiting_for_user', message: 'main?' });
    await showing('Needs you');
    expect(devin.sessions.filter(({ userId }) => userId === ana.devinUserId)).toHaveLength(1);
    expect(slack.problems).toEqual([]);
    expect(slack.messages(channelId).filter(({ text }) => text.includes('did start;'))).toHaveLength(1);
  });

  test('brings what it said and asked before it was found', async () => {
    const { devin } = world();
    const { first, showing, told } = await lose('ask before it is found');
    devin.advance(first.id, { status: 'running', statusDetail: 'waiting_for_user', message: 'main?' });
    aMinuteLater();
    await showing(first.url);
    expect((await told('main?')).text).toContain('asks');
  });

  test('is announced once to a person who has started another one, with both and how to stop it', async () => {
    const { devin, slack } = world();
    const { ana, channelId, first, showing, told, press } = await lose('start it twice');
    await told('Not confirmed');
    await press('start_anyway');
    const second = await devin.waitForSession(
      ({ id, userId }) => userId === ana.devinUserId && id !== first.id,
    );
    await showing(second.url);
    aMinuteLater();
    const message = await told('two sessions');
    for (const part of [`<@${ana.userId}>`, first.url, second.url]) expect(message.text).toContain(part);
    // Not again at the next poll.
    const another = await lose('look again please');
    aMinuteLater();
    await another.showing(another.first.url);
    expect(slack.messages(channelId).filter(({ text }) => text.includes('two sessions'))).toHaveLength(1);
  });

  test('continues on its card even if Devin refused another start meanwhile', async () => {
    const { devin } = world();
    const { first, showing, told, press } = await lose('start and fail');
    devin.fail(CREATE, { status: 422, problem: { detail: 'not like this' }, times: 1 });
    await press('start_anyway');
    await showing('Devin answered: not like this');
    aMinuteLater();
    await showing(first.url);
    await told('did start');
  });

  test('is searched for once for all waiting requests, when they are due', async () => {
    const { devin } = world();
    const waiting = [
      await lose('fix the first test'),
      await lose('fix the second test'),
      await lose('fix the third test'),
    ];
    state.lagging = false;
    const before = devin.requests.length;
    aMinuteLater();
    for (const { first, showing } of waiting) await showing(first.url);
    const searches = devin.requests.slice(before).filter(({ query }) => query['created_after'] !== undefined);
    expect(searches).toHaveLength(1);
  });
});

describe('a session that turns up after a restart', () => {
  const { state, overrides, world, lose, aMinuteLater } = useLag();

  test('is searched for, too', async () => {
    const { bot, slack, environment } = world();
    const { first, showing, told } = await lose('survive a restart');
    await bot.stop();
    const lookedAtStart = Promise.withResolvers<void>();
    state.onLagged = (query) => void (query.has('origins') && lookedAtStart.resolve());
    const again = await startBot(environment, slack, overrides);
    try {
      await lookedAtStart.promise;
      aMinuteLater();
      await showing(first.url);
      await told('did start');
    } finally {
      await again.bot.stop();
    }
  });
});

describe.each(DEVINS)('if sessions have no tag, with a Devin that %s', (_what, devin) => {
  const { state, overrides } = createLag();
  const world = useWorld({ overrides, devin, environment: { REQUEST_TAG: 'off' } });

  test('a late session is recognized by its prompt', async () => {
    const { slack, devin } = world();
    state.lagging = true;
    devin.fail(CREATE, { afterEffect: true, times: 1 });
    const { ana, channelId } = someoneIn(world());
    await typeTask({ slack }, { userId: ana.userId, channelId }, 'known by its words');
    await cardOf(slack, channelId, (text) => text.includes('Not confirmed'));
    const { url } = await devin.waitForSession(({ userId }) => userId === ana.devinUserId);
    state.lagging = false;
    state.aheadMs += 2 * MINUTE_MS;
    await cardOf(slack, channelId, (text) => text.includes(url));
  });
});
