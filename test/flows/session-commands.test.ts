import { describe, expect, test } from 'vitest';
import {
  changeSettings,
  pressToOpen,
  startSession,
  stopOnCard,
  toldTo,
  typeTask,
} from '../support/asking.ts';
import { foreignSession } from '../support/foreign.ts';
import { cardOf, sessionOf, sessionsAs, settledForm } from '../support/look.ts';
import { addColleague, someoneIn } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

const QUICK_LOOKS = { overrides: { watchTimes: { fastestMs: 200, tickMs: 50 } } };
const UNKNOWN = '0123456789abcdef0123456789abcdef';

describe('commands on sessions', () => {
  const world = useWorld();

  const said = async (userId: string, channelId: string, text: string) => {
    const { failure, message } = await world().slack.command(userId, channelId, text);
    expect(failure).toBeNull();
    return message === null ? '' : world().slack.renderText(message);
  };

  test('list shows people their sessions with phase and link, privately, and starts nothing', async () => {
    const { slack, devin } = world();
    const { ana, channelId, session } = await startSession(world());
    const other = await startSession(world());
    const { message } = await slack.command(ana.userId, channelId, 'list');
    expect(message?.ephemeralFor).toBe(ana.userId);
    const list = message === null ? '' : slack.renderText(message);
    expect(list).toContain(session.url);
    expect(list).toContain(`task of ${ana.name}`);
    expect(list).toMatch(/Queued|Starting|Working/);
    expect(list).not.toContain(other.session.url);
    // They know who asked for their own.
    expect(list).not.toContain(`for @${ana.name}`);
    const everyones = await said(ana.userId, channelId, 'list all');
    expect(everyones).toContain('[Details]');
    expect(everyones).toContain(other.session.url);
    expect(everyones).toContain(`for @${ana.name}`);
    expect(sessionsAs(devin, ana.devinUserId)).toHaveLength(1);
    expect(slack.problems).toEqual([]);
  });

  test.each([
    ['as the API writes it', (id: string) => `devin-${id}`],
    ['bare', (id: string) => id],
    ['as a URL', (id: string) => `https://app.devin.ai/sessions/${id}`],
    ['with the dashes of a UUID', (id: string) => id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')],
  ])('status accepts an id %s', async (_form, write) => {
    const { ana, channelId, session } = await startSession(world());
    const status = await said(ana.userId, channelId, `status ${write(session.id)}`);
    expect(status).toContain(`task of ${ana.name}`);
    expect(status).toContain('Details');
  });

  test('stop ends a session and says so, also in another channel', async () => {
    const { slack, devin } = world();
    const { ana, session, showing } = await startSession(world());
    const elsewhere = slack.addChannel({
      name: `else-${ana.name}`,
      members: [ana.userId],
      botIsMember: false,
    });
    expect(await said(ana.userId, elsewhere, `stop ${session.id}`)).toBe('');
    const { text } = await toldTo(world(), { channelId: elsewhere, userId: ana.userId }, 'is stopped');
    expect(text).toContain(`task of ${ana.name}`);
    await showing(`Ended by <@${ana.userId}>`);
    expect(devin.session(session.id).status).toBe('exit');
  });

  test('stop and archive say how a session is already over, and do nothing', async () => {
    const { ana, channelId, session, showing } = await startSession(world());
    const ben = addColleague(world());
    await said(ana.userId, channelId, `stop ${session.id}`);
    await showing(`Ended by <@${ana.userId}>`);
    await said(ben.userId, channelId, `stop ${session.id}`);
    const place = { channelId, userId: ben.userId };
    const { text: stopped } = await toldTo(world(), place, 'Ended by');
    for (const part of [`task of ${ana.name}`, 'Nothing was done.']) expect(stopped).toContain(part);
    await said(ana.userId, channelId, `archive ${session.id}`);
    await toldTo(world(), { channelId, userId: ana.userId }, 'is archived');
    await said(ben.userId, channelId, `archive ${session.id}`);
    await toldTo(world(), place, 'Nothing was done.');
  });

  test('say sends a message to the session as the person', async () => {
    const { devin } = world();
    const { channelId, session } = await startSession(world());
    const ben = addColleague(world());
    expect(await said(ben.userId, channelId, `say ${session.id} use *blue* & go on`)).toContain('Sending to');
    const heard = await devin.waitForSession(
      ({ id, messages }) => id === session.id && messages.some(({ message }) => message.includes('*blue*')),
    );
    expect(heard.messages.at(-1)).toMatchObject({ message: 'use *blue* & go on', asUserId: ben.devinUserId });
  });

  test('say returns what was typed if nothing is sent', async () => {
    const { ana, channelId, session } = await startSession(world());
    const eve = addColleague(world(), { inDevin: false });
    const typed = 'use yarn and go on';
    expect(await said(ana.userId, channelId, `say ${UNKNOWN} ${typed}`)).toContain(typed);
    expect(await said(eve.userId, channelId, `say ${session.id} ${typed}`)).toContain(typed);
  });

  test('say sends it once when Slack redelivers the command', async () => {
    const { slack, devin } = world();
    const { ana, channelId, session } = await startSession(world());
    const { delivery } = await slack.command(ana.userId, channelId, `say ${session.id} once please`);
    await Promise.all([slack.redeliver(delivery), slack.redeliver(delivery)]);
    await said(ana.userId, channelId, `say ${session.id} and the next`);
    const heard = await devin.waitForSession(
      ({ id, messages }) => id === session.id && messages.some(({ message }) => message === 'and the next'),
    );
    expect(heard.messages.filter(({ message }) => message === 'once please')).toHaveLength(1);
  });

  test.each([
    ['a guest', { isGuest: true }, "You're a guest"],
    ['a person without a Devin account', { inDevin: false }, 'No Devin account for'],
  ])('%s is told why they see no session, and nothing about any', async (_who, options, why) => {
    const { ana, channelId, session } = await startSession(world());
    const person = addColleague(world(), options);
    const { id } = session;
    const typed = [`status ${id}`, `stop ${id}`, `archive ${id}`, `say ${id} hello`];
    for (const text of [...typed, `follow ${id}`, 'list all', 'list', 'usage']) {
      const told = await said(person.userId, channelId, text);
      expect(told).toContain(why);
      expect(told).not.toMatch(new RegExp(`${id}|task of|${ana.userId}|${ana.name}`));
    }
    expect(world().devin.session(id)).toMatchObject({ status: session.status, isArchived: false });
  });

  test('a session from a channel that became private is not shown to people outside it', async () => {
    const { slack, devin } = world();
    const [ana, ben] = [addColleague(world()), addColleague(world())];
    const channelId = slack.addChannel({ name: `open-${ana.name}`, members: [ana.userId] });
    await typeTask({ slack }, { userId: ana.userId, channelId }, `task of ${ana.name}`);
    const session = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(session.url));
    slack.changeChannel(channelId, { kind: 'private' });
    const elsewhere = slack.addChannel({ name: `hall-${ben.name}`, members: [ben.userId] });
    for (const typed of ['list all', `status ${session.id}`]) {
      const shown = await said(ben.userId, elsewhere, typed);
      expect(shown).not.toContain(`task of ${ana.name}`);
      expect(shown).not.toContain(session.url);
    }
    expect(await said(ana.userId, elsewhere, `status ${session.id}`)).toContain(`task of ${ana.name}`);
  });

  test('a session from a private conversation is listed without title or link for others', async () => {
    const { slack, devin } = world();
    const [ana, mei] = [addColleague(world()), addColleague(world())];
    const members = [ana.userId, mei.userId];
    const channelId = slack.addChannel({ name: `only-${ana.name}`, members, isPrivate: true });
    await typeTask({ slack }, { userId: ana.userId, channelId }, `task of ${ana.name}`);
    const session = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(session.url));
    const direct = slack.directMessages(ana.userId);
    await typeTask({ slack }, { userId: ana.userId, channelId: direct }, `whisper of ${ana.name}`);
    const { id, url } = await devin.waitForSession(({ request }) =>
      request.prompt.startsWith(`whisper of ${ana.name}`),
    );
    await cardOf(slack, direct, (text) => text.includes(url));
    const ben = addColleague(world());
    const elsewhere = slack.addChannel({ name: `town-${ben.name}`, members: [ben.userId, ana.userId] });
    const others = await Promise.all([
      said(ben.userId, elsewhere, 'list all'),
      said(ben.userId, elsewhere, `status ${session.id}`),
      said(ben.userId, elsewhere, `status ${id}`),
      said(ben.userId, elsewhere, `say ${session.id} hello`),
    ]);
    for (const shown of others) {
      expect(shown).not.toMatch(new RegExp(`(?:task|whisper) of ${ana.name}\\b`));
      expect(shown).not.toContain(session.url);
      expect(shown).not.toContain(url);
    }
    for (const shown of others.slice(0, 3))
      expect(shown).toMatch(
        new RegExp(
          `A session in a private conversation · .*(?:Queued|Starting|Working).* · for @${ana.name}`,
        ),
      );
    expect(others[3]).toMatch(/a conversation you aren't in[^]*hello/);
    const place = { channelId: elsewhere, userId: ben.userId };
    for (const command of ['stop', 'archive']) {
      expect(await said(ben.userId, elsewhere, `${command} ${session.id}`)).toBe('');
      await toldTo(world(), place, "a conversation you aren't in");
    }
    expect(devin.session(session.id)).toMatchObject({ isArchived: false });
    expect(devin.session(session.id).status).not.toBe('exit');
    expect(await said(ana.userId, elsewhere, 'list')).toContain(`whisper of ${ana.name}`);
    expect(await said(ana.userId, elsewhere, `status ${session.id}`)).toContain(`task of ${ana.name}`);
    expect(await said(mei.userId, channelId, `status ${session.id}`)).toContain(`task of ${ana.name}`);
    expect(slack.problems).toEqual([]);
  });
});

describe('follow', () => {
  const world = useWorld(QUICK_LOOKS);

  const foreign = async (title: string, more: object = {}): Promise<string> =>
    (await foreignSession(world(), title, more)).id;
  const someone = (options = {}) => {
    const { ana: person, channelId, place } = someoneIn(world(), { person: options });
    return { person, channelId, place };
  };

  test('posts a card here and keeps it up to date', async () => {
    const { slack, devin } = world();
    const id = await foreign('Found outside');
    const { person, channelId, place } = someone();
    devin.advance(id, { status: 'running', message: 'Old words.' });
    await slack.command(person.userId, channelId, `follow https://app.devin.ai/sessions/${id}`);
    const card = await cardOf(slack, channelId, (text) => text.includes(devin.session(id).url));
    expect(card.text).toContain('Found outside');
    await toldTo(world(), place, 'Open the card');
    // Devin's last words are on the card, and nothing of what was said before is posted.
    const saying = slack.messages(channelId).filter(({ text }) => text.includes('Old words.'));
    expect(saying.map(({ ts }) => ts)).toEqual([card.ts]);
    devin.advance(id, { status: 'running', statusDetail: 'finished' });
    // The message that it finished may be there before the card is edited.
    await slack.waitForMessage(channelId, ({ ts, text }) => ts === card.ts && text.includes('Finished'));
    await slack.clickButton(person.userId, { channelId, ts: card.ts }, 'start_again');
    expect(slack.renderText(await settledForm(slack, person.userId))).toContain('web: Found outside');
    expect(slack.problems).toEqual([]);
  });

  test('shows on the card who it runs as, if Devin names the owner', async () => {
    const { slack, devin } = world();
    const owner = addColleague(world());
    const id = await foreign('Of somebody else', { create_as_user_id: owner.devinUserId });
    const { person, channelId } = someone();
    await slack.command(person.userId, channelId, `follow ${id}`);
    const card = await cardOf(slack, channelId, (text) => text.includes(devin.session(id).url));
    expect(card.text).toContain(`\nas ${owner.devinName}\n`);
    expect(card.text).not.toContain(`<@${person.userId}>`);
    const on = { channelId, ts: card.ts };
    const view = await pressToOpen(world(), person.userId, { on, button: 'details' });
    expect(slack.renderText(view)).toContain('Devin names this member as the owner.');
  });

  test('shares no earlier files', async () => {
    const { slack, devin } = world();
    const id = await foreign('With files');
    const { person, channelId, place } = someone();
    devin.advance(id, { status: 'running', attachments: [{ name: 'old.txt', content: 'old' }] });
    await slack.command(person.userId, channelId, `follow ${id}`);
    await toldTo(world(), place, 'Open the card');
    devin.advance(id, { acus: 1, message: 'A new one.', attachments: [{ name: 'new.txt', content: 'new' }] });
    await slack.waitForMessage(channelId, (message) => message.fileIds.length > 0);
    const uploads = slack.calls.filter(({ method }) => method === 'files.getUploadURLExternal');
    expect(uploads.map(({ args }) => args['filename'])).toEqual(['new.txt']);
  });

  test('says where a session is already followed', async () => {
    const { slack } = world();
    const id = await foreign('Taken');
    const [first, second] = [someone(), someone()];
    await slack.command(first.person.userId, first.channelId, `follow ${id}`);
    await toldTo(world(), first.place, 'already has a card in Slack');
    await slack.command(second.person.userId, second.channelId, `follow devin-${id}`);
    const told = await toldTo(world(), second.place, 'already has a card in Slack');
    expect(slack.renderText(told)).toContain(first.channelId);
    expect(slack.messages(second.channelId).filter(({ ephemeralFor }) => ephemeralFor === null)).toEqual([]);
  });

  test('posts one card, however often the command is repeated', async () => {
    const { slack } = world();
    const id = await foreign('Once only');
    const { person, channelId } = someone();
    const other = someone();
    // The first card is posted only after all commands were taken.
    const { promise: until, resolve: release } = Promise.withResolvers<void>();
    for (const channel of [channelId, other.channelId])
      slack.fail('chat.postMessage', { until, args: { channel } });
    await Promise.all([
      slack.command(person.userId, channelId, `follow ${id}`),
      slack.command(person.userId, channelId, `follow devin-${id}`),
      slack.command(other.person.userId, other.channelId, `follow ${id}`),
    ]);
    release();
    await toldTo(world(), other.place, 'Open the card');
    await toldTo(world(), { channelId, userId: person.userId }, 'Open the card');
    const cards = [channelId, other.channelId].flatMap((place) =>
      slack.messages(place).filter(({ ephemeralFor }) => ephemeralFor === null),
    );
    expect(cards).toHaveLength(1);
  });
});

describe('a followed session', () => {
  const world = useWorld(QUICK_LOOKS);

  /** It runs as its owner, and the follower has its card. */
  const followed = async (policy: 'members' | 'requester') => {
    const { slack } = world();
    const [owner, follower] = [addColleague(world()), addColleague(world())];
    const admin = addColleague(world(), { isAdmin: true });
    const members = [owner.userId, follower.userId, admin.userId];
    const channelId = slack.addChannel({ name: `followed-${owner.name}`, members });
    await changeSettings(world(), { userId: admin.userId, channelId }, { steer: policy });
    const as = { create_as_user_id: owner.devinUserId };
    const { id, url } = await foreignSession(world(), `Of ${owner.name}`, as);
    await slack.command(follower.userId, channelId, `follow ${id}`);
    const { ts } = await cardOf(slack, channelId, (text) => text.includes(url));
    return { owner, follower, channelId, id, on: { channelId, ts } };
  };

  test("can't be stopped by its follower if only its owner may", async () => {
    const { slack, devin } = world();
    const { owner, follower, channelId, id, on } = await followed('requester');
    await slack.clickButton(follower.userId, on, 'ask_stop');
    const told = await toldTo(world(), { channelId, userId: follower.userId }, 'Ask them, or a Devin admin');
    expect(told.text).toContain(owner.devinName);
    expect(devin.session(id).status).not.toBe('exit');
  });

  test('can be stopped by its owner in Devin if only its owner may', async () => {
    const { devin } = world();
    const { owner, id, on } = await followed('requester');
    await stopOnCard(world(), owner.userId, on);
    await devin.waitForSession((one) => one.id === id && one.status === 'exit');
  });
});

describe('if people may run as the service user', () => {
  const world = useWorld({ environment: { IMPERSONATION: 'preferred' } });

  test("a person without a Devin account can't follow or stop another person's session", async () => {
    const { slack, devin } = world();
    const { channelId, session, on } = await startSession(world());
    const eve = addColleague(world(), { inDevin: false });
    const { id } = await foreignSession(world(), 'Wanted by many');
    const place = { channelId, userId: eve.userId };
    await slack.command(eve.userId, channelId, `follow ${id}`);
    await toldTo(world(), place, 'you need a Devin account');
    await slack.clickButton(eve.userId, on, 'ask_stop');
    await toldTo(world(), place, 'Only members of the Devin organization');
    expect(devin.session(session.id).status).not.toBe('exit');
    expect(slack.messages(channelId).some(({ text }) => text.includes('Wanted by many'))).toBe(false);
  });
});
