import { describe, expect, test } from 'vitest';
import { typeTask } from '../support/asking.ts';
import { createWorld, startBot, type World } from '../support/bot.ts';
import { captureLog } from '../support/log-lines.ts';
import { cardOf, sessionOf } from '../support/look.ts';
import { addColleague } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

const LIST = { method: 'GET', path: /\/sessions$/ } as const;

const QUICK = {
  overrides: { watchTimes: { fastestMs: 200, tickMs: 50, goneAfterMs: 100, tellAfterMs: 1000 } },
};

/** A session in a channel of its own. */
async function startSession(world: World, text = 'fix the login test') {
  const { slack, devin } = world;
  const ana = addColleague(world);
  const channelId = slack.addChannel({ name: `watch-${ana.name}`, members: [ana.userId] });
  await typeTask(world, { userId: ana.userId, channelId }, text);
  const session = await sessionOf(devin, ana.devinUserId);
  const card = await cardOf(slack, channelId, (shown) => shown.includes(session.url));
  const showing = async (words: string) => cardOf(slack, channelId, (shown) => shown.includes(words));
  const told = async (words: string) =>
    slack.waitForMessage(
      channelId,
      ({ text: shown, threadTs }) =>
        threadTs === card.ts && shown.includes(`<@${ana.userId}>`) && shown.includes(words),
    );
  const editsOf = () =>
    slack.calls.filter(({ method, args }) => method === 'chat.update' && args['ts'] === card.ts);
  return { ana, channelId, session, card, showing, told, editsOf };
}

describe('a session that is followed', () => {
  const world = useWorld(QUICK);

  test('shows its phases on the card, as Devin reports them', async () => {
    const { devin, slack } = world();
    const { session, showing } = await startSession(world(), 'fix it now --acu 10');
    devin.advance(session.id, { status: 'claimed' });
    await showing('Queued');
    devin.advance(session.id, { status: 'running', title: 'Fix the login test', acus: 1.4 });
    const card = await showing('Working');
    expect(card.text).toContain('Fix the login test');
    expect(card.text).toContain('1.4 of 10 ACU');
    expect(card.text).toContain('under 1 min');
    devin.advance(session.id, { pullRequest: { url: 'https://github.com/acme/web/pull/7', state: 'open' } });
    await showing('· open');
    devin.advance(session.id, {
      pullRequest: { url: 'https://github.com/acme/web/pull/7', state: 'merged' },
    });
    await showing('· merged');
    expect(slack.problems).toEqual([]);
  });

  test('sums up the result when it finishes, and stays finished when it sleeps', async () => {
    const { devin, slack } = world();
    const { channelId, session, told, showing } = await startSession(world(), 'count the files --acu 5');
    devin.advance(session.id, { status: 'running' });
    await showing('Working');
    devin.advance(session.id, {
      statusDetail: 'finished',
      acus: 2,
      structuredOutput: { tests: 3 },
      pullRequest: { url: 'https://github.com/acme/web/pull/9', state: 'open' },
    });
    const summary = await told('Finished');
    for (const part of ['pull/9', '"tests": 3', '2 of 5 ACU']) expect(summary.text).toContain(part);
    devin.advance(session.id, { status: 'suspended', statusDetail: 'inactivity', acus: 2.2 });
    await showing('2.2 of 5 ACU');
    await showing('Finished');
    const summaries = slack.messages(channelId).filter(({ metadata }) => isMilestone(metadata, 'finished'));
    expect(summaries).toHaveLength(1);
  });

  test('calls the requester if it ends before it finished', async () => {
    const { devin } = world();
    const { session, showing, told } = await startSession(world(), 'fix the lost test');
    const url = 'https://github.com/acme/web/pull/10';
    devin.advance(session.id, { status: 'running', acus: 2, pullRequest: { url, state: 'open' } });
    await showing('· open');
    devin.advance(session.id, { status: 'exit' });
    expect((await told('*Ended*')).text).toContain('acme/web #10> · 2 ACU');
  });

  test.each(['dm', 'card'])('notifies the person where they prefer: %s', async (where) => {
    const { devin, slack } = world();
    const { ana, channelId, session, showing } = await startSession(world());
    await slack.command(ana.userId, channelId, `settings me notify ${where}`);
    devin.advance(session.id, { status: 'running', statusDetail: 'finished' });
    await showing('Finished');
    const direct = () => slack.messages(slack.directMessages(ana.userId));
    if (where === 'dm') await slack.waitFor(() => (direct().length > 0 ? direct() : undefined));
    devin.advance(session.id, { acus: 4 });
    await showing('4 ACU');
    expect(direct().map(({ text }) => text.includes('Finished'))).toEqual(where === 'dm' ? [true] : []);
    const inThread = slack.messages(channelId).filter(({ metadata }) => isMilestone(metadata, 'finished'));
    expect(inThread).toEqual([]);
  });

  test("doesn't edit the card while it would look the same", async () => {
    const { devin } = world();
    const { session, showing, editsOf } = await startSession(world());
    devin.advance(session.id, { status: 'running', acus: 1.41 });
    await showing('1.4 ACU');
    const edits = editsOf().length;
    const looks = devin.requests.length;
    devin.advance(session.id, { acus: 1.42 });
    await devin.waitForRequest(
      () => devin.requests.slice(looks).filter(({ path }) => LIST.path.test(path)).length >= 3,
    );
    expect(editsOf()).toHaveLength(edits);
  });
});

function isMilestone(metadata: unknown, kind: string): boolean {
  return new RegExp(`"milestone:[^:"]+:${kind}`).test(JSON.stringify(metadata ?? ''));
}

describe('when something is missing while a session is followed', () => {
  const { log } = captureLog();
  const world = useWorld({ overrides: { ...QUICK.overrides, log } });

  test("shows once that Devin can't find the session, and stops polling it", async () => {
    const { devin, slack } = world();
    const { ana, channelId, session, card, showing, editsOf } = await startSession(world());
    const itself = { method: 'GET', path: new RegExp(`sessions/devin-${session.id}$`) } as const;
    const hidden = devin.fail(itself, { status: 404, times: Infinity });
    const unlisted = devin.fail({ ...LIST, query: session.id }, { status: 422, times: Infinity });
    const gone = await showing("can't find this session");
    expect(gone.text).toContain("Devin can't find this session");
    const edits = editsOf().length;
    hidden.clear();
    unlisted.clear();
    await startSession(world());
    const before = devin.requests.length;
    const later = (): string[] => devin.requests.slice(before).map((request) => JSON.stringify(request));
    await devin.waitForRequest(() => later().filter((request) => request.includes('session_ids')).length > 3);
    expect(later().filter((request) => request.includes(session.id))).toEqual([]);
    expect(editsOf()).toHaveLength(edits);
    devin.fail(itself, { status: 404 });
    devin.fail({ method: 'POST', path: `${session.id}/messages` }, { status: 404 });
    const asking = `<@${slack.workspace.botUserId}> are you there?`;
    await slack.speak(ana.userId, channelId, asking, { threadTs: card.ts });
    await slack.waitForMessage(
      channelId,
      ({ ephemeralFor, text }) => ephemeralFor === ana.userId && text.includes("can't find this"),
    );
    expect(slack.problems).toEqual([]);
  });

  test('follows the others if Devin fails because of one session', async () => {
    const { devin } = world();
    const [odd, other] = [await startSession(world()), await startSession(world())];
    const broken = { status: 500, retryAfter: 0, times: Infinity };
    const { id } = odd.session;
    const faults = [
      { ...LIST, query: id },
      { method: 'GET', path: `/devin-${id}` },
    ].map((one) => devin.fail(one, broken));
    devin.advance(other.session.id, { status: 'running' });
    await other.showing('Working');
    for (const fault of faults) fault.clear();
    devin.advance(odd.session.id, { status: 'running' });
    await odd.showing('Working');
  });
});

describe('a start after answers were lost', () => {
  test('attaches the session to its unconfirmed request', async () => {
    const first = await createWorld(QUICK);
    const { slack, devin, environment } = first;
    const ana = addColleague(first);
    const channelId = slack.addChannel({ name: 'lost', members: [ana.userId] });
    devin.fail({ method: 'POST', path: LIST.path }, { afterEffect: true, times: 1 });
    const hidden = devin.fail(LIST, { status: 403, times: Infinity });
    await typeTask({ slack }, { userId: ana.userId, channelId }, 'get lost now');
    await cardOf(slack, channelId, (text) => text.includes('Not confirmed'));
    await first.bot.stop();
    hidden.clear();
    const again = await startBot(environment, slack, QUICK.overrides);
    const session = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(session.url));
    devin.advance(session.id, { status: 'running' });
    await cardOf(slack, channelId, (text) => text.includes('Working'));
    await again.bot.stop();
    await first.close();
    expect(devin.createdCount()).toBe(1);
  });
});
