import { expect, test } from 'vitest';
import { typeTask } from '../support/asking.ts';
import { cardOf, sessionOf } from '../support/look.ts';
import { addColleague } from '../support/people.ts';
import { describeOnBothDatabaseServers } from '../support/worlds.ts';
import { useMortalWorld } from './processes.ts';

describeOnBothDatabaseServers('a process that is killed', (databaseEnvironment, kind) => {
  const world = useMortalWorld(databaseEnvironment);

  async function ask(text: string) {
    const { slack, devin } = world();
    const ana = addColleague({ slack, devin });
    const channelId = slack.addChannel({ name: `crash-${ana.name}`, members: [ana.userId] });
    const picture = slack.addFile({
      name: 'shot.png',
      mimetype: 'image/png',
      content: 'x',
      owner: ana.userId,
    });
    const ts = slack.say(ana.userId, channelId, 'look at this', { files: [picture] });
    await slack.shortcut(ana.userId, { channelId, ts }, 'start_session');
    const view = await slack.waitForView(
      ({ userId, definition }) =>
        userId === ana.userId && definition.blocks.some(({ block_id: id }) => id === 'field.prompt'),
    );
    slack.typeIn(view.id, { 'field.prompt': text });
    await slack.submit(view.id, ana.userId);
    return { ana, channelId };
  }

  /** Without the form, which has inputs only once the requester is identified. */
  async function askByCommand(text: string) {
    const { slack, devin } = world();
    const ana = addColleague({ slack, devin });
    const channelId = slack.addChannel({ name: `crash-${ana.name}`, members: [ana.userId] });
    await typeTask({ slack }, { userId: ana.userId, channelId }, text);
    return { ana, channelId };
  }

  const sessionsOf = (devinUserId: string) =>
    world().devin.sessions.filter(({ userId }) => userId === devinUserId);

  async function expectOneOfEach({ ana, channelId }: Awaited<ReturnType<typeof ask>>): Promise<void> {
    const { slack, devin } = world();
    const session = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(session.url));
    expect(sessionsOf(ana.devinUserId)).toHaveLength(1);
    expect(slack.messages(channelId).filter(({ metadata }) => metadata)).toHaveLength(1);
  }

  // On Postgres only recovery differs, which one state shows as well as another.
  test.each(['ready', 'created'])(
    'after the request was %s leaves one session and one card',
    async (state) => {
      const { died } = await (await world().running()).dieAt(`^${state}$`);
      const asked = await ask(`die when ${state}`);
      await died;
      await world().running();
      await expectOneOfEach(asked);
    },
  );

  test('while Devin created the session adopts it after the restart', async () => {
    const { devin, running } = world();
    const dying = await running();
    devin.fail({ method: 'POST', path: '/sessions' }, { hang: true, afterEffect: true, times: 1 });
    const asked = await ask('die while creating');
    await sessionOf(devin, asked.ana.devinUserId);
    await dying.kill();
    await running();
    await expectOneOfEach(asked);
  });

  if (kind === 'postgres') return;

  test('before the requester was identified leaves one session and one card', async () => {
    const { devin, running } = world();
    const dying = await running();
    const before = devin.requests.length;
    const fault = devin.fail({ method: 'GET', path: /\/members\// }, { hang: true, times: 2 });
    const asked = await askByCommand('die while identifying');
    await devin.waitForRequest(() =>
      devin.requests.slice(before).some(({ path }) => path.includes('/members/')),
    );
    await dying.kill();
    fault.clear();
    await running();
    await expectOneOfEach(asked);
  });

  test.each([
    ['the card', null],
    ['a card without the URL', { hang: true, afterEffect: true }],
  ] as const)('while it posted %s leaves one session and one card', async (_what, fault) => {
    const { slack, devin, running } = world();
    const dying = await running();
    slack.fail('chat.postMessage', { times: 1, hang: true, afterEffect: true });
    if (fault !== null) devin.fail({ method: 'POST', path: '/sessions' }, fault);
    const asked = await ask('die while posting');
    await slack.waitForMessage(asked.channelId, ({ metadata }) => Boolean(metadata));
    await dying.kill();
    await running();
    await expectOneOfEach(asked);
  });

  test('just before the POST asks the person instead of guessing', async () => {
    const { slack, running } = world();
    const { died } = await (await running()).dieAt('^sending$');
    const asked = await ask('die before sending');
    await died;
    await running();
    await cardOf(slack, asked.channelId, (text) => text.includes('Not confirmed'));
    expect(sessionsOf(asked.ana.devinUserId)).toEqual([]);
  });

  test('while it hands a file to Devin leaves one session with that file once', async () => {
    const { devin, running } = world();
    const dying = await running();
    const upload = { method: 'POST', path: '/attachments' };
    const hanging = devin.fail(upload, { hang: true, afterEffect: true, times: 1 });
    const asked = await ask('die while uploading');
    await expect.poll(() => hanging.remaining()).toBe(0);
    await dying.kill();
    await running();
    await expectOneOfEach(asked);
    const { request } = await sessionOf(devin, asked.ana.devinUserId);
    expect(request.attachment_urls).toHaveLength(1);
  });

  /** A request that isn't confirmed, whose person is told so, and whose "Start anyway" the process dies of. */
  async function startAnyway(moment: string) {
    const { slack, devin, running } = world();
    devin.fail({ method: 'POST', path: '/sessions' }, { times: 1 });
    const asked = await ask(`start anyway, ${moment}`);
    const { ana, channelId } = asked;
    const { ts } = await cardOf(slack, channelId, (text) => text.includes('Not confirmed'));
    const told = () =>
      slack
        .messages(channelId)
        .filter(({ text }) => text.startsWith('<@') && text.includes('*Not confirmed*'));
    await expect.poll(told).toHaveLength(1);
    const earlier = told().map((message) => message.ts);
    const { died } = await (await running()).dieAt(moment);
    await slack.clickButton(ana.userId, { channelId, ts }, 'start_anyway');
    await died;
    await running();
    return { ...asked, told, earlier };
  }

  test('right after "Start anyway" was pressed starts one session', async () => {
    const { slack, devin } = world();
    const { ana, channelId } = await startAnyway('^ready$');
    const session = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(session.url));
    expect(sessionsOf(ana.devinUserId)).toHaveLength(1);
  });

  test('just before the POST of "Start anyway" asks the person again', async () => {
    const { ana, told, earlier } = await startAnyway('^sending$');
    await expect.poll(() => told().map(({ ts }) => earlier.includes(ts))).toEqual([true, false]);
    expect(sessionsOf(ana.devinUserId)).toEqual([]);
  });
});
