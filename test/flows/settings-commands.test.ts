import { describe, expect, onTestFinished, test } from 'vitest';
import { changeSettings, toldTo } from '../support/asking.ts';
import { noticesTo, sessionOf } from '../support/look.ts';
import { addColleague, someoneIn } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

describe('defaults and preferences', () => {
  const world = useWorld();

  const someone = (options = {}) => {
    const { ana: person, channelId } = someoneIn(world(), { person: options });
    const type = async (text: string, where = channelId): Promise<string> => {
      const { message } = await world().slack.command(person.userId, where, text);
      return message === null ? '' : world().slack.renderText(message);
    };
    return { person, channelId, type };
  };

  test('can be set by flags, added to, used, shown with their source, and removed', async () => {
    const { devin } = world();
    const { person, type } = someone();
    await type('defaults me --acu 7 --mode fast');
    const shown = await type('defaults me --repo acme/web');
    expect(shown).toMatch(/ACU cap \(personal default\)\*: 7/);
    expect(shown).toContain('acme/web');
    await type('fix it with them --acu 3');
    const session = await sessionOf(devin, person.devinUserId);
    expect(session.request).toMatchObject({ max_acu_limit: 3, devin_mode: 'fast', repos: ['acme/web'] });
    expect(await type('defaults me clear')).not.toContain('acme/web');
  });

  test('of a channel are set by administrators only, and apply to everyone there', async () => {
    const admin = someone({ isAdmin: true });
    const ben = someone();
    const refused = await ben.type('defaults channel --acu 4', admin.channelId);
    expect(refused).toContain('Only workspace admins');
    expect(await ben.type('defaults', admin.channelId)).not.toContain('ACU cap');
    await admin.type('defaults channel --acu 4');
    expect(await ben.type('defaults', admin.channelId)).toContain('ACU cap (channel default)*: 4');
    expect(await ben.type('defaults channel clear', admin.channelId)).toContain('Only workspace admins');
    expect(await admin.type('defaults channel clear')).not.toContain('ACU cap');
  });

  test('an invalid value sets nothing and says what is allowed', async () => {
    const { type } = someone();
    const told = await type('defaults me --acu none');
    expect(told).toContain('Nothing was done');
    expect(told).toContain('a whole number');
    expect(await type('defaults')).not.toContain('ACU cap');
  });

  test('only administrators open the settings of a channel, whose form shows what is in force', async () => {
    const { slack } = world();
    const admin = someone({ isAdmin: true });
    const ben = someone();
    expect(await ben.type('settings', admin.channelId)).toContain('Only workspace admins');
    expect(slack.openViewOf(ben.person.userId)).toBeUndefined();
    const place = { userId: admin.person.userId, channelId: admin.channelId };
    await changeSettings(world(), place, { steer: 'requester', mentions: 'off' });
    expect(await admin.type('settings')).toBe('');
    const form = await slack.waitForView(({ userId }) => userId === place.userId);
    const shown = slack.renderText(form);
    expect(shown).toContain('Who can steer sessions: Only the requester');
    expect(shown).toContain('Replies that Devin gets: All replies');
    expect(shown).toContain('What a mention of this app does: Starts nothing');
    const text = `<@${slack.workspace.botUserId}> fix the login test`;
    await slack.speak(admin.person.userId, admin.channelId, text);
    await toldTo(world(), place, 'Mentioning this app starts nothing here.');
  });

  test('settings of the workspace are for all channels, and saving keeps what nobody changed', async () => {
    const { slack } = world();
    const admin = someone({ isAdmin: true });
    const direct = slack.directMessages(admin.person.userId);
    await changeSettings(world(), { userId: admin.person.userId, channelId: direct }, { mentions: 'ask' });
    onTestFinished(async () => {
      await changeSettings(
        world(),
        { userId: admin.person.userId, channelId: direct },
        { mentions: 'start' },
      );
    });
    const inChannel = { userId: admin.person.userId, channelId: admin.channelId };
    await changeSettings(world(), inChannel, { listen: 'mentions' });
    await changeSettings(world(), { userId: admin.person.userId, channelId: direct }, { mentions: 'off' });
    await admin.type('settings');
    const form = await slack.waitForView(({ userId }) => userId === admin.person.userId);
    expect(slack.renderText(form)).toContain('What a mention of this app does: Starts nothing');
  });

  test('no longer saves settings for a person who is no administrator by then', async () => {
    const { slack } = world();
    const admin = someone({ isAdmin: true });
    await admin.type('settings');
    const form = await slack.waitForView(({ userId }) => userId === admin.person.userId);
    await slack.changeUser(admin.person.userId, { isAdmin: false });
    slack.typeIn(form.id, { 'setting.steer': 'requester' });
    expect((await slack.submit(form.id, admin.person.userId)).kind).toBe('updated');
    expect(slack.openViewOf(admin.person.userId)).toBeDefined();
  });

  test.each([
    ['guests', { isGuest: true }, "You're a guest"],
    ['people without a Devin account', { inDevin: false }, 'No Devin account for'],
  ])("can't be seen or set by %s", async (_who, options, why) => {
    const admin = someone({ isAdmin: true });
    await admin.type('defaults channel --playbook playbook-hush');
    const { type } = someone(options);
    for (const text of ['defaults', 'defaults me --acu 3', 'defaults me clear']) {
      const told = await type(text, admin.channelId);
      expect(told).toContain(why);
      expect(told).not.toMatch(/hush|ACU|Set for/);
    }
  });

  test("are hidden while the person's identity is unknown", async () => {
    const { devin } = world();
    const { type } = someone();
    const members = { method: 'GET', path: /\/members\// } as const;
    const slow = devin.fail(members, { hang: true, times: Infinity });
    expect(await type('defaults me --acu 3')).toContain("can't check");
    expect(await type('settings me notify dm')).toContain('By direct message');
    slow.clear();
    expect(await type('defaults')).not.toContain('ACU cap: 3');
  });

  describe('link', () => {
    test('links a person to the member an administrator names', async () => {
      const { slack, devin } = world();
      const admin = someone({ isAdmin: true });
      const ben = someone({ inDevin: false });
      devin.addMember({ userId: 'email|other', email: 'other@elsewhere.example', name: 'Ben Elsewhere' });
      await ben.type('clean up first');
      await toldTo(world(), { channelId: ben.channelId, userId: ben.person.userId }, 'No Devin account for');
      await slack.command(admin.person.userId, admin.channelId, `link @${ben.person.name} email|other`);
      await toldTo(world(), { channelId: admin.channelId, userId: admin.person.userId }, 'Ben Elsewhere');
      await ben.type('fix the build');
      const session = await devin.waitForSession(({ userId }) => userId === 'email|other');
      expect(session.request.prompt).toBe('fix the build');
    });

    test('can be removed; the person gets a direct message about each step, and the admin one answer', async () => {
      const { slack, devin } = world();
      const admin = someone({ isAdmin: true });
      const ben = someone({ inDevin: false });
      devin.addMember({ userId: 'email|shared', email: 'shared@elsewhere.example', name: 'Ben Shared' });
      const say = async (text: string) =>
        slack.command(admin.person.userId, admin.channelId, text.replace('BEN', `@${ben.person.name}`));
      const told = async ({ person: { userId } }: typeof ben, words: string) =>
        slack.waitForMessage(slack.directMessages(userId), ({ text }) => text.includes(words));
      await say('link BEN email|shared');
      const answered = async (words: string) =>
        toldTo(world(), { channelId: admin.channelId, userId: admin.person.userId }, words);
      await told(ben, 'linked you to Ben Shared');
      await answered('is now linked to Ben Shared in Devin');
      // Again, as after a lost answer: they were told already.
      await say('link BEN email|shared');
      const answers = () =>
        noticesTo(slack, admin.channelId, admin.person.userId).filter(({ text }) =>
          text.includes('is now linked'),
        );
      await expect.poll(answers).toHaveLength(2);
      await say('link BEN none');
      await told(ben, 'removed your link');
      const toBen = slack.messages(slack.directMessages(ben.person.userId));
      expect(toBen.filter(({ text }) => text.includes('linked you to Ben Shared'))).toHaveLength(1);
      await answered("isn't linked to anyone now");
      // Again, as after a lost answer: it says the same.
      await say('link BEN none');
      const removed = () =>
        noticesTo(slack, admin.channelId, admin.person.userId).filter(({ text }) =>
          text.includes("isn't linked to anyone now"),
        );
      await expect.poll(removed).toHaveLength(2);
      expect(slack.messages(slack.directMessages(admin.person.userId))).toEqual([]);
      await ben.type('clean up again');
      await toldTo(world(), { channelId: ben.channelId, userId: ben.person.userId }, 'No Devin account for');
      expect(devin.sessions.some(({ userId }) => userId === 'email|shared')).toBe(false);
    });

    test('is refused for a member whose address belongs to another person in Slack', async () => {
      const { slack } = world();
      const admin = someone({ isAdmin: true });
      const [ana, ben] = [addColleague(world()), addColleague(world())];
      await slack.command(admin.person.userId, admin.channelId, `link @${ben.name} ${ana.devinUserId}`);
      const place = { channelId: admin.channelId, userId: admin.person.userId };
      const { text } = await toldTo(world(), place, 'email address of');
      expect(text).toContain(ana.userId);
    });

    test('is refused for a member to whom another person is linked, until that link is removed', async () => {
      const { slack, devin } = world();
      const admin = someone({ isAdmin: true });
      const [ana, ben] = [addColleague(world()), addColleague(world())];
      devin.addMember({ userId: 'email|lone', email: 'lone@elsewhere.example', name: 'Lone' });
      const place = { channelId: admin.channelId, userId: admin.person.userId };
      const link = async ({ name }: typeof ana) => admin.type(`link @${name} email|lone`);
      await link(ana);
      await toldTo(world(), place, `@${ana.name} is now linked`);
      await link(ben);
      await toldTo(world(), place, `@${ana.name} is linked to Lone in Devin already`);
      expect(slack.messages(slack.directMessages(ben.userId))).toEqual([]);
      await admin.type(`link @${ana.name} none`);
      await toldTo(world(), place, `@${ana.name} isn't linked to anyone now`);
      await link(ben);
      await toldTo(world(), place, `@${ben.name} is now linked`);
    });

    test.each([
      ["people who aren't administrators", false, 'other', 'user-x', 'Only workspace admins'],
      ['oneself', true, 'self', 'user-x', "You can't link yourself"],
      ['guests', true, 'guest', 'user-x', 'Only full members'],
      ["members that Devin doesn't know", true, 'other', 'user-nobody', 'has no member'],
      ['email addresses', true, 'other', 'mei@acme.example', 'in the identity file'],
    ])('is refused: %s', async (_what, isAdmin, whom, devinUserId, words) => {
      const { slack } = world();
      const actor = someone({ isAdmin });
      const others = { other: addColleague(world()), guest: addColleague(world(), { isGuest: true }) };
      const target = whom === 'guest' ? others.guest : whom === 'self' ? actor.person : others.other;
      await slack.command(actor.person.userId, actor.channelId, `link @${target.name} ${devinUserId}`);
      const place = { channelId: actor.channelId, userId: actor.person.userId };
      const told = await toldTo(world(), place, words);
      expect(told.text).not.toContain('is now linked to');
    });
  });
});
