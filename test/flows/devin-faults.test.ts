import { describe, expect, test } from 'vitest';
import type { Message } from '../../sandbox/slack/index.ts';
import { startSession, toldTo, typeTask, useAsking } from '../support/asking.ts';
import { cardOf, sessionOf } from '../support/look.ts';
import { DEVINS, SILENT_DEVIN } from '../support/worlds.ts';

const CREATE = { method: 'POST', path: /\/sessions$/ } as const;
const isCard = ({ metadata }: Message): boolean => JSON.stringify(metadata).includes('devin_session');
const LIST = { method: 'GET', path: /\/sessions$/ } as const;

describe.each(DEVINS)('when a Devin that %s fails', (_which, devin) => {
  const { world, ask, created } = useAsking({ devin });

  test.each([
    ['the connection breaks after Devin created it', { afterEffect: true as const, times: 1 }],
    ['Devin answers 502 after it was created', { afterEffect: true as const, status: 502, times: 1 }],
    ['a proxy redirects after it was created', { afterEffect: true as const, status: 302, times: 1 }],
  ])('adopts the session and starts no second one: %s', async (_what, fault) => {
    const { slack, devin } = world();
    devin.fail(CREATE, fault);
    const { ana, channelId } = await ask('lose the answer');
    const session = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(session.url));
    expect(created(ana.devinUserId)).toBe(1);
    expect(slack.messages(channelId)).toHaveLength(1);
  });

  test.each(['first', 'second'])(
    "starts one session each if a create is answered with another's: %s",
    async (way) => {
      const { slack, devin } = world();
      const { ana: ben, session: other, card } = await startSession(world());
      const { id, url, userId } = other;
      // The one is known here, the other is a stranger's.
      const answer =
        way === 'first' ? { session_id: id, url } : { session_id: '9'.repeat(32), url, user_id: userId };
      const problem = {
        status: 'new',
        tags: [],
        org_id: 'org-1',
        acus_consumed: 0,
        pull_requests: [],
        ...answer,
      };
      devin.fail(CREATE, { status: 200, afterEffect: true, problem });
      const { ana, channelId } = await ask('be mistaken for another');
      const session = await sessionOf(devin, ana.devinUserId);
      await cardOf(slack, channelId, (text) => text.includes(session.url));
      expect([created(ana.devinUserId), created(ben.devinUserId)]).toEqual([1, 1]);
      expect(slack.messages(channelId)).toHaveLength(1);
      expect(slack.renderText(card)).toContain(url);
    },
  );

  test('waits while a proxy redirects the look-up of who asks, then starts', async () => {
    const { slack, devin } = world();
    const redirected = devin.fail({ method: 'GET', path: /\/members\// }, { status: 302, times: Infinity });
    const { ana, channelId } = await ask('sign in first');
    await toldTo(world(), { userId: ana.userId, channelId }, "Devin can't be reached");
    redirected.clear();
    const session = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(session.url));
    expect(created(ana.devinUserId)).toBe(1);
  });

  test('says that it isn\'t sure if nothing is found, and adopts a late session with "Check again"', async () => {
    const { slack, devin } = world();
    devin.fail(CREATE, { afterEffect: true, times: 1 });
    const hidden = devin.fail(LIST, { status: 403, times: Infinity });
    const { ana, channelId } = await ask('be found late');
    const card = await cardOf(slack, channelId, (text) => text.includes('Not confirmed'));
    hidden.clear();
    await slack.clickButton(ana.userId, { channelId, ts: card.ts }, 'check_again');
    const session = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(session.url));
    expect(created(ana.devinUserId)).toBe(1);
  });
});

describe('when Devin fails', () => {
  const { world, ask, created } = useAsking({ devin: SILENT_DEVIN });

  test('sends no task while Devin answers nothing but errors, and starts it once Devin is back', async () => {
    const { slack, devin } = world();
    const { ana, channelId } = await startSession(world());
    const outage = ['GET', 'POST'].map((method) =>
      devin.fail({ method, path: /./ }, { status: 502, times: Infinity }),
    );
    await devin.waitForRequest(({ status }) => status === 502);
    await typeTask(world(), { ...ana, channelId }, 'start after the outage');
    await toldTo(world(), { ...ana, channelId }, "Devin can't be reached");
    for (const fault of outage) fault.clear();
    await slack.waitFor(() => created(ana.devinUserId) === 2 || null, { what: 'the second session' });
    const sent = devin.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/sessions'));
    expect(sent.map(({ status }) => status)).not.toContain(502);
  });

  test('links a followed session to its unconfirmed request', async () => {
    const { slack, devin } = world();
    devin.fail(CREATE, { afterEffect: true, times: 1 });
    const hidden = devin.fail(LIST, { status: 403, times: Infinity });
    const { ana, channelId } = await ask('repair the header');
    await cardOf(slack, channelId, (text) => text.includes('Not confirmed'));
    hidden.clear();
    const session = await sessionOf(devin, ana.devinUserId);
    await slack.command(ana.userId, channelId, `follow ${session.id}`);
    await cardOf(slack, channelId, (text) => text.includes(session.url));
    expect(slack.messages(channelId).filter(isCard)).toHaveLength(1);
  });

  test('starts it once, however often "Start anyway" is pressed', async () => {
    const { slack, devin } = world();
    devin.fail(CREATE, { times: 1 });
    const { ana, channelId } = await ask('start it anyway');
    const card = await cardOf(slack, channelId, (text) => text.includes('Not confirmed'));
    await slack.clickButton(ana.userId, { channelId, ts: card.ts }, 'check_again');
    await cardOf(slack, channelId, (text) => text.includes('still not found'));
    const press = () => slack.clickButton(ana.userId, { channelId, ts: card.ts }, 'start_anyway');
    await Promise.all([press(), press(), press()]);
    const session = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(session.url));
    expect(created(ana.devinUserId)).toBe(1);
  });

  test.each([{ afterEffect: false }, { afterEffect: true }])(
    'waits with "Start anyway" until it can be searched for, and says so: %j',
    async (fault) => {
      const { slack, devin } = world();
      devin.fail(CREATE, fault);
      const hidden = devin.fail(LIST, { status: 403, times: Infinity });
      const { ana, channelId } = await ask('start anyway during an outage');
      const { ts } = await cardOf(slack, channelId, (text) => text.includes('Not confirmed'));
      const down = devin.fail(LIST, { status: 503, times: Infinity });
      hidden.clear();
      await slack.clickButton(ana.userId, { channelId, ts }, 'start_anyway');
      const card = await cardOf(slack, channelId, (text) => text.includes("Devin can't be reached"));
      expect(JSON.stringify(card.blocks)).toContain('"Cancel"');
      down.clear();
      const session = await sessionOf(devin, ana.devinUserId);
      await cardOf(slack, channelId, (text) => text.includes(session.url));
      expect(created(ana.devinUserId)).toBe(1);
    },
  );

  describe('once an attempt was not confirmed', () => {
    /** `hidden`: Devin doesn't list the session, which exists. */
    const loseAnswer = async (task: string) => {
      const { slack, devin } = world();
      devin.fail(CREATE, { afterEffect: true, times: 1 });
      const hidden = devin.fail(LIST, { status: 403, times: Infinity });
      const { ana, channelId } = await ask(task);
      const { ts } = await cardOf(slack, channelId, (text) => text.includes('Not confirmed'));
      const press = async (button: string) => slack.clickButton(ana.userId, { channelId, ts }, button);
      const card = async (is: (text: string) => boolean) => cardOf(slack, channelId, is);
      const findIt = async (): Promise<void> => {
        hidden.clear();
        await press('check_again');
        const { url } = await sessionOf(devin, ana.devinUserId);
        await card((text) => text.includes(url));
        expect(created(ana.devinUserId)).toBe(1);
      };
      return { ana, channelId, press, card, hidden, findIt };
    };

    test("doesn't say that nothing was started if the next attempt is canceled", async () => {
      const { press, card, hidden, findIt } = await loseAnswer('cancel the second attempt');
      const down = world().devin.fail(LIST, { status: 503, times: Infinity });
      hidden.clear();
      await press('start_anyway');
      await card((text) => text.includes("Devin can't be reached"));
      await press('cancel');
      const { text } = await card((shown) => shown.includes('Not confirmed'));
      expect(text).not.toMatch(/Nothing was started|ended by/i);
      down.clear();
      await findIt();
    });

    test.each([
      ['is given up', { status: 429, retryAfter: 3 * 3600, times: 1 }],
      ['is refused', { status: 422, times: 1 }],
    ])("doesn't say that nothing was started if the next attempt %s", async (_how, fault) => {
      const { devin } = world();
      const { ana, channelId, press, card, findIt } = await loseAnswer('end the second attempt');
      devin.fail(CREATE, fault);
      await press('start_anyway');
      const told = await toldTo(world(), { userId: ana.userId, channelId }, 'Not sent again');
      expect(told.text).not.toContain('Nothing was started');
      const { text } = await card((shown) => shown.includes('Not confirmed'));
      expect(text).not.toContain('Nothing was started');
      await findIt();
    });

    test('says privately why "Check again" found nothing', async () => {
      const { slack } = world();
      const { ana, channelId, press, findIt } = await loseAnswer('check during an outage');
      await press('check_again');
      const notice = await slack.waitForMessage(channelId, ({ ephemeralFor }) => ephemeralFor === ana.userId);
      expect(notice.text).toContain('Devin refused it');
      await findIt();
    });
  });
});
