import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { toldTo } from '../support/asking.ts';
import { asForeigner, forgePress, valueOf } from '../support/forged.ts';
import { useGovernedWorld } from '../support/governed.ts';
import { cardOf, homeOf, noticesTo, sessionOf, settledForm } from '../support/look.ts';
import { addColleague } from '../support/people.ts';

const CREATE = { method: 'POST', path: '/sessions' } as const;
const PLATFORM = 'S0PLATFORM';
const INFRA = '--repo acme/infra-dns';

const POLICY = `
instructions: Follow CONTRIBUTING.md.
owners: [S0OWNERS]
limits: { acu_per_session: 20, over: approve }
rules:
  - name: infrastructure
    when: { repos: ["acme/infra-*"] }
    then: approve
    say: "The platform team <looks> at it."
    approvers: [${PLATFORM}]
    expires: 4h
  - name: two for ultra
    when: { modes: [ultra] }
    then: approve
    approvers: [${PLATFORM}]
    need: 2
  - name: files
    when: { attachments: true }
    then: approve
    approvers: [${PLATFORM}]
`;

let aheadMs = 0;
const world = useGovernedWorld(POLICY, {
  overrides: {
    sweepTimes: { everyMs: 100, strandedMs: 15_000 },
    now: () => Date.now() + aheadMs,
  },
});
let policyNow = POLICY;
async function change(policy: string): Promise<void> {
  if (policy !== policyNow) await world().change(policy);
  policyNow = policy;
}

/** Longer than any request waits for an approval. */
const TOO_LATE_MS = 25 * 3_600_000;

/** A request that still waits would be asked of the next test's approvers once the policy changes. */
afterEach(async () => {
  const { slack } = world();
  const waits = () =>
    [...slack.channels.keys()]
      .flatMap((id) => slack.messages(id))
      .some(({ ephemeralFor, text }) => ephemeralFor === null && text.includes('Waiting for approval'));
  if (waits()) aheadMs += TOO_LATE_MS;
  await slack.waitFor(() => !waits(), { what: 'the end of all requests' });
  await change(POLICY);
});

/** Devin creates nothing until this is cleared. */
function busyDevin() {
  const busy = world().devin.fail(CREATE, { status: 429, retryAfter: 1, times: Infinity });
  onTestFinished(() => busy.clear());
  return busy;
}

type Colleague = ReturnType<typeof addColleague>;

/** A person, and a group that may approve their requests; the person is in it, too. */
function team(approvers = 1) {
  const { slack } = world();
  const ana = addColleague(world());
  const others = Array.from({ length: approvers }, () => addColleague(world()));
  const [ben] = others;
  if (ben === undefined) throw new Error('nobody approves');
  slack.setGroup(
    PLATFORM,
    [ana, ...others].map(({ userId }) => userId),
  );
  slack.setGroup('S0OWNERS', [ben.userId]);
  const channelId = slack.addChannel({ name: `approvals-${ana.name}`, members: [ana.userId, ben.userId] });
  const type = async (text: string) => slack.command(ana.userId, channelId, text);
  const own = (who: Colleague = ana) =>
    world().devin.sessions.filter(({ userId }) => userId === who.devinUserId);
  const card = async (words: string) => cardOf(slack, channelId, (text) => text.includes(words));
  return { ana, ben, others, channelId, type, own, card, place: { channelId, userId: ana.userId } };
}
type Team = ReturnType<typeof team>;

/** What the app wrote to a person about approvals. */
const sentTo = (who: Colleague) =>
  world()
    .slack.messages(world().slack.directMessages(who.userId))
    .filter(({ blocks }) => JSON.stringify(blocks).includes('devin_shown approval:'));

/** Messages to each approver, and how often the requester is mentioned in the channel. */
const counted = ({ ana, others, channelId }: Team) => ({
  asked: others.map((one) => sentTo(one).length),
  calls: world()
    .slack.messages(channelId)
    .filter(({ text, ephemeralFor }) => ephemeralFor === null && text.includes(`<@${ana.userId}>`)).length,
});

async function shownTo(who: Colleague, words: string) {
  const { slack } = world();
  const channelId = slack.directMessages(who.userId);
  const message = await slack.waitForMessage(channelId, (one) => slack.renderText(one).includes(words));
  return { channelId, ts: message.ts, words: slack.renderText(message) };
}
const askedOf = async (who: Colleague) => shownTo(who, '[Start session]');

async function press(who: Colleague, action: string, on?: { channelId: string; ts: string }) {
  return world().slack.clickButton(who.userId, on ?? (await askedOf(who)), action);
}

/** The value of a button on a message that asks for an approval. */
function valueOn({ channelId, ts }: { channelId: string; ts: string }, actionId: string): string {
  const asked = world()
    .slack.messages(channelId)
    .find((message) => message.ts === ts);
  if (asked === undefined) throw new Error('nothing was asked');
  return valueOf(asked, actionId);
}

/** Presses Decline where an approval is no longer awaited. */
async function pressTooLate(userId: string, channelId: string, value: string): Promise<void> {
  await forgePress(world(), { userId, channelId, actionId: 'decline_request', value });
  await toldTo(world(), { channelId, userId }, 'already decided or canceled');
}

async function decline(who: Colleague, reason: string): Promise<void> {
  const { slack } = world();
  await press(who, 'decline_request');
  const dialog = await slack.waitForView(
    ({ userId, definition }) => userId === who.userId && definition.callback_id === 'decline_request',
  );
  slack.typeIn(dialog.id, { decline_reason: reason });
  await slack.submit(dialog.id, who.userId);
}

/** About a message with a file. */
async function waitingWithFile() {
  const one = team();
  const { ana, channelId, card } = one;
  const { slack } = world();
  const shot = slack.addFile({ name: 'shot.png', mimetype: 'image/png', content: 'x', owner: ana.userId });
  const ts = slack.say(ana.userId, channelId, 'look at this', { files: [shot] });
  await slack.shortcut(ana.userId, { channelId, ts }, 'start_session');
  const form = await settledForm(slack, ana.userId);
  await slack.submit(form.id, ana.userId);
  await card('Waiting for approval');
  return { ...one, shot, ts };
}

async function waiting(approvers = 1, options = INFRA): Promise<Team> {
  const one = team(approvers);
  await one.type(`fix it for ${one.ana.name} ${options}`);
  await one.card('Waiting for approval');
  return one;
}

// First: once the clock is ahead, a session seems to be quiet for days, and is polled rarely.
describe('what passes ends no approval', () => {
  test('a budget that is full for a moment', async () => {
    const { ana, ben, own, card, type, channelId } = team();
    const { slack, devin } = world();
    await change(POLICY.replace('over: approve', 'acu_per_person_per_day: 25, over: refuse'));
    await type(`fix it for ${ana.name} ${INFRA} --acu 20`);
    await card('Waiting for approval');
    const asked = await askedOf(ben);
    await type('fix the docs --acu 20');
    const docs = await sessionOf(devin, ana.devinUserId);
    await press(ben, 'approve_request', asked);
    await shownTo(ben, "This can't start right now");
    await card('Waiting for approval');
    devin.advance(docs.id, { status: 'exit', acus: 1 });
    await cardOf(slack, channelId, (text) => text.includes('Ended'));
    await press(ben, 'approve_request', asked);
    await devin.waitForSession(() => own().length > 1);
  });

  test('a group that Slack does not list for a moment', async () => {
    const { ana, ben, card } = await waiting();
    const { slack, devin } = world();
    const asked = await askedOf(ben);
    const unlisted = slack.fail('usergroups.users.list', { error: 'missing_scope', times: Infinity });
    onTestFinished(() => unlisted.clear());
    await press(ben, 'approve_request', asked);
    await shownTo(ben, "Slack didn't answer as expected, so nothing was done");
    await card(`Waiting for approval from ${ben.name}.`);
    unlisted.clear();
    await press(ben, 'approve_request', asked);
    await sessionOf(devin, ana.devinUserId);
  });
});

describe('a request that needs an approval', () => {
  test('starts as the requester once it is approved, and every message says who approved', async () => {
    const { ana, ben, own, card, channelId } = await waiting();
    const { slack, devin } = world();
    const before = await card('Waiting for approval');
    expect(slack.renderText(before)).toMatch(/Waiting for approval from person\d+/);
    expect(slack.renderText(before)).toContain('[Cancel]');
    expect(own()).toHaveLength(0);
    const asked = await askedOf(ben);
    for (const words of ['<looks>', 'acme/infra-dns', `fix it for ${ana.name}`])
      expect(asked.words).toContain(words);
    expect(asked.words).toContain(`Runs as ${ana.devinName}`);
    expect(asked.words).toContain('ACU cap*: 20');
    expect(asked.words).toContain('Follow CONTRIBUTING.md.');
    await press(ben, 'approve_request');
    const session = await sessionOf(devin, ana.devinUserId);
    expect(session.request).toMatchObject({ repos: ['acme/infra-dns'], max_acu_limit: 20 });
    expect(slack.renderText(await card(session.url))).toContain(`Approved by ${ben.name}`);
    expect((await shownTo(ben, `Approved by ${ben.name}.`)).words).toMatch(/^(?![^]*\[)[^]*fix it for/);
    // One message to the approver, one card for everyone, and no mention of the requester.
    expect(sentTo(ben)).toHaveLength(1);
    expect(sentTo(ana)).toHaveLength(0);
    expect(noticesTo(slack, channelId, null)).toHaveLength(1);
    expect(slack.problems).toEqual([]);
  });

  test('ends when it is declined, and mentions the requester once, with the reason', async () => {
    const { ana, ben, own, card, channelId } = await waiting();
    const { slack } = world();
    await decline(ben, 'Not before <Monday>.');
    await card('declined this request');
    const call = await slack.waitForMessage(channelId, ({ text }) => text.includes(`<@${ana.userId}>`));
    expect(slack.renderText(call)).toMatch(/Not started[^]*Not before <Monday>\./);
    expect((await shownTo(ben, `${ben.name} declined this request.`)).words).toContain('~fix it for');
    expect(own()).toHaveLength(0);
    // The clock is ahead of the database's, by which the app may also say that the card takes long.
    const told = noticesTo(slack, channelId, ana.userId).map(({ text }) => text);
    expect(told.filter((text) => !text.includes('Its card will appear here'))).toEqual([]);
    expect(slack.messages(channelId).filter(({ text }) => text.includes(`<@${ana.userId}>`))).toHaveLength(1);
  });

  test.each(['requester', 'owner'])('can be canceled by the %s, and everyone sees by whom', async (by) => {
    const { ana, ben, own, card, channelId } = await waiting();
    const { slack } = world();
    const owner = addColleague(world());
    slack.channels.get(channelId)?.members.add(owner.userId);
    slack.setGroup('S0OWNERS', [owner.userId]);
    const { userId, name } = by === 'owner' ? owner : ana;
    const { ts } = await card('Waiting for approval');
    await slack.clickButton(userId, { channelId, ts }, 'cancel');
    await card('Canceled by');
    const { words } = await shownTo(ben, `Canceled by @${name}`);
    expect(words).not.toContain('[Start session]');
    expect(own()).toHaveLength(0);
  });

  test('can be ended by nobody else: not on its card, and not by declining it', async () => {
    const { ben, own, card, channelId } = await waiting();
    const { slack } = world();
    const { userId } = addColleague(world());
    slack.channels.get(channelId)?.members.add(userId);
    const { ts } = await card('Waiting for approval');
    await slack.clickButton(userId, { channelId, ts }, 'cancel');
    await toldTo(world(), { channelId, userId }, 'Only the person who asked for this');
    const asked = await askedOf(ben);
    await press({ ...ben, userId }, 'decline_request', asked);
    const dialog = await slack.waitForView((view) => view.userId === userId);
    slack.typeIn(dialog.id, { decline_reason: 'No.' });
    await slack.submit(dialog.id, userId);
    await slack.waitFor(
      () => allTold({ ...ben, userId }).some((words) => words.includes("You aren't an approver")),
      { what: 'a refusal' },
    );
    await card('Waiting for approval');
    expect(own()).toHaveLength(0);
  });

  test('expires if nobody decides in time', async () => {
    const one = await waiting();
    const { ana, ben, own, card, channelId } = one;
    aheadMs += 5 * 3_600_000;
    await card('Nobody approved this request in time');
    await shownTo(ben, 'Nobody approved this request in time');
    await world().slack.waitForMessage(channelId, ({ text }) => text.includes(`<@${ana.userId}>`));
    expect(own()).toHaveLength(0);
    expect(counted(one)).toEqual({ asked: [1], calls: 1 });
  });

  test('is refused if only the requester could approve it', async () => {
    const { ana, type, place, own } = team();
    world().slack.setGroup(PLATFORM, [ana.userId]);
    await type(`fix it now ${INFRA}`);
    await toldTo(world(), place, 'Not enough people besides you');
    expect(own()).toHaveLength(0);
  });

  test('sends no file to Devin before it is approved', async () => {
    const { ana, ben, channelId, ts } = await waitingWithFile();
    const { slack, devin } = world();
    const uploads = () => devin.requests.filter(({ path }) => path.endsWith('/attachments'));
    const before = uploads().length;
    expect((await askedOf(ben)).words).toContain('shot.png');
    expect(uploads()).toHaveLength(before);
    // What is written in the thread meanwhile isn't approved.
    slack.say(ana.userId, channelId, 'and drop the database', { threadTs: ts });
    await press(ben, 'approve_request');
    const { request } = await sessionOf(devin, ana.devinUserId);
    expect(request.attachment_urls).toHaveLength(1);
    expect(request.prompt).not.toContain('drop the database');
  });
});

describe('an approval counts', () => {
  test('not from the requester, who hears it later if Slack is busy', async () => {
    const { slack } = world();
    const { ana, ben, own, card } = await waiting();
    const asked = await askedOf(ben);
    slack.fail('response_url', { status: 503 });
    slack.fail('chat.postEphemeral', { retryAfter: 1, args: { user: ana.userId } });
    slack.fail('conversations.open', { retryAfter: 1, args: { users: ana.userId } });
    await press(ana, 'approve_request', asked);
    await slack.waitFor(
      () => allTold(ana).some((words) => words.includes("can't approve your own request")) || undefined,
      { what: 'a refusal' },
    );
    await card('Waiting for approval');
    expect(own()).toHaveLength(0);
  });

  test('not from a second Slack account of the same Devin member', async () => {
    const { slack, devin } = world();
    const boss = addColleague(world(), { isAdmin: true });
    const { ana, ben, own, card, channelId } = await waiting();
    const asked = await askedOf(ben);
    // Nobody in Slack has the member's address any more.
    await slack.changeUser(ana.userId, { email: 'ana@new.example' });
    devin.addMember({ userId: `${ana.devinUserId}-2`, email: 'ana@new.example', name: 'Ana 2' });
    await slack.command(boss.userId, channelId, `link @${ben.name} ${ana.devinUserId}`);
    await shownTo(ben, 'linked you to');
    await press(ben, 'approve_request', asked);
    await shownTo(ben, 'one that runs as your Devin account');
    await card('Waiting for approval');
    expect(own()).toHaveLength(0);
  });

  test("not from people who weren't asked", async () => {
    const { ben, own, card } = await waiting();
    const eve = addColleague(world());
    await press(eve, 'approve_request', await askedOf(ben));
    await world().slack.waitFor(
      () => allTold(eve).some((words) => words.includes("You aren't an approver")) || undefined,
      { what: 'a refusal' },
    );
    await card('Waiting for approval');
    expect(own()).toHaveLength(0);
  });

  test('once: two approvers who both click twice start one session', async () => {
    const { ana, others, own, card } = await waiting(2);
    const { devin } = world();
    const asked = await Promise.all(others.map(askedOf));
    await Promise.all(
      others.flatMap((one, at) => [
        press(one, 'approve_request', asked[at]),
        press(one, 'approve_request', asked[at]),
      ]),
    );
    const session = await sessionOf(devin, ana.devinUserId);
    await card(session.url);
    for (const one of others) await shownTo(one, 'Approved by ');
    expect(own()).toHaveLength(1);
  });

  test('only with approvals from as many people as the rule needs', async () => {
    const one = await waiting(2, '--mode ultra');
    const { ana, ben, others, own, card } = one;
    const [, cy] = others;
    if (cy === undefined) throw new Error('one approver is missing');
    await press(ben, 'approve_request');
    await shownTo(cy, `Approved by ${ben.name}`);
    await press(ben, 'approve_request', await askedOf(ben));
    const { slack, devin } = world();
    expect(slack.renderText(await card('Approved'))).toContain(`from ${cy.name}`);
    expect(own()).toHaveLength(0);
    await press(cy, 'approve_request');
    const { request } = await sessionOf(devin, ana.devinUserId);
    expect(request.devin_mode).toBe('ultra');
    await shownTo(ben, `Approved by ${ben.name}, ${cy.name}.`);
    expect(counted(one)).toEqual({ asked: [1, 1], calls: 0 });
  });

  test('for one session: "Start anyway" needs another approval', async () => {
    const { ana, ben, own, channelId } = await waiting();
    const { slack, devin } = world();
    devin.fail(CREATE, { times: 1 });
    await press(ben, 'approve_request');
    const lost = await slack.waitForMessage(channelId, (message) =>
      slack.renderText(message).includes('[Start anyway]'),
    );
    await slack.clickButton(ana.userId, { channelId, ts: lost.ts }, 'start_anyway');
    const second = await askedOf(ben);
    expect(own()).toHaveLength(0);
    expect(sentTo(ben)).toHaveLength(2);
    await press(ben, 'approve_request', second);
    await sessionOf(devin, ana.devinUserId);
  });
});

/** What changes, before the approval or after it; and what the approval then says. */
const CHANGES: Record<string, { change: (one: Team) => Promise<unknown>; says: string }> = {
  'the policy changes': { change: async () => change(`${POLICY}\n# again\n`), says: 'The policy changed' },
  'an approver leaves the group': {
    change: async ({ ana }) => world().slack.setGroup(PLATFORM, [ana.userId, addColleague(world()).userId]),
    says: 'The people who can approve this changed',
  },
  'an approver becomes a guest': {
    change: async ({ ben }) => {
      world().slack.setGroup(PLATFORM, [ben.userId, addColleague(world()).userId]);
      return world().slack.changeUser(ben.userId, { isGuest: true });
    },
    says: 'The people who can approve this changed',
  },
};

describe('an approval ends and can be asked for again', () => {
  /** Nothing starts; everyone sees why; and the requester asks those who can approve it by now. */
  async function endsAndIsAskedAgain({ ana, ben, own, card, channelId }: Team, says: string): Promise<void> {
    const { slack, devin } = world();
    const { ts } = await card(says);
    expect((await shownTo(ben, says)).words).not.toContain('[Start session]');
    await slack.waitForMessage(channelId, ({ text }) => text.includes(`<@${ana.userId}>`));
    expect(own()).toHaveLength(0);
    const cy = addColleague(world());
    slack.setGroup(PLATFORM, [cy.userId]);
    await slack.clickButton(ana.userId, { channelId, ts }, 'try_again');
    await press(cy, 'approve_request');
    await devin.waitForSession(({ request }) => request.prompt.includes(`fix it for ${ana.name}`));
  }

  test.each(Object.keys(CHANGES))('when %s before it is given', async (what) => {
    const one = await waiting(1);
    const asked = await askedOf(one.ben);
    const value = valueOn(asked, 'approve_request');
    const { change: happen, says = '' } = CHANGES[what] ?? {};
    await happen?.(one);
    await forgePress(world(), { ...asked, userId: one.ben.userId, actionId: 'approve_request', value });
    expect(world().slack.renderText(await one.card(says))).toContain('[Ask again]');
    await endsAndIsAskedAgain(one, says);
  });

  test.each(Object.keys(CHANGES))('when %s before the session is created', async (what) => {
    const one = await waiting(1);
    const busy = busyDevin();
    await press(one.ben, 'approve_request');
    await one.card('busy');
    const { change: happen, says = '' } = CHANGES[what] ?? {};
    await happen?.(one);
    busy.clear();
    await endsAndIsAskedAgain(one, says);
  });

  test('when the first of two approvers left the group before the second one approves', async () => {
    const one = await waiting(2, '--mode ultra');
    const { ana, ben, others, own, card } = one;
    const [, cy] = others;
    if (cy === undefined) throw new Error('one approver is missing');
    await press(ben, 'approve_request');
    await shownTo(cy, `Approved by ${ben.name}`);
    world().slack.setGroup(PLATFORM, [ana.userId, cy.userId]);
    await press(cy, 'approve_request');
    await card('The people who can approve this changed');
    expect(own()).toHaveLength(0);
  });

  test('when the session would run as another account than was shown', async () => {
    const { ana, ben, own, card } = await waiting();
    const { slack } = world();
    const other = addColleague(world());
    const busy = busyDevin();
    await press(ben, 'approve_request');
    await card('busy');
    await slack.changeUser(other.userId, { email: null });
    await slack.changeUser(ana.userId, { email: other.email });
    busy.clear();
    await card('What would be sent, or as whom, changed');
    await shownTo(ben, 'What would be sent, or as whom, changed');
    expect([...own(), ...own(other)]).toHaveLength(0);
  });

  test('when a file has other bytes than when it was asked for', async () => {
    const one = await waitingWithFile();
    const { ana, ben, card, channelId, shot } = one;
    const { slack, devin } = world();
    await askedOf(ben);
    const file = slack.files.get(shot);
    if (file === undefined) throw new Error('there is no file');
    file.content = Buffer.from('y');
    await press(ben, 'approve_request');
    const ended = await card('A file changed');
    expect(one.own()).toHaveLength(0);
    await slack.clickButton(ana.userId, { channelId, ts: ended.ts }, 'try_again');
    await press(ben, 'approve_request');
    const { request } = await sessionOf(devin, ana.devinUserId);
    expect(request.attachment_urls).toHaveLength(1);
  });
});

describe('a decision', () => {
  test("is not accepted from another workspace, even with an approver's id", async () => {
    const { ben, own, card } = await waiting();
    const { slack } = world();
    const asked = await askedOf(ben);
    await press(ben, 'decline_request', asked);
    const dialog = await slack.waitForView(({ userId }) => userId === ben.userId);
    slack.typeIn(dialog.id, { decline_reason: 'from elsewhere' });
    await asForeigner(world(), ben.userId, async () => {
      expect((await slack.submit(dialog.id, ben.userId)).kind).toBe('updated');
      await press(ben, 'approve_request', asked);
    });
    slack.closeView(dialog.id);
    expect(slack.openViewOf(ben.userId)).toBeUndefined();
    await decline(ben, 'from here');
    await card('declined this request');
    expect(own()).toHaveLength(0);
  });

  test("can't be declined afterwards", async () => {
    const { ana, ben, channelId } = await waiting();
    const value = valueOn(await askedOf(ben), 'approve_request');
    await press(ben, 'approve_request');
    await sessionOf(world().devin, ana.devinUserId);
    await pressTooLate(ben.userId, channelId, value);
  });

  test("can't be declined on the message of an earlier approval", async () => {
    const { ben, card, channelId } = await waiting(1, `${INFRA} --acu 30`);
    const earlier = valueOn(await askedOf(ben), 'approve_request');
    await press(ben, 'approve_request');
    await shownTo(ben, 'A session here can use up to 20 ACU');
    await pressTooLate(ben.userId, channelId, earlier);
    await card('Waiting for approval');
  });

  test('counts only for the approval that was asked for, not for an earlier or later one', async () => {
    const { ana, ben, own, channelId, type } = await waiting(1, `${INFRA} --acu 30`);
    const { devin } = world();
    await press(ben, 'approve_request');
    const second = await shownTo(ben, 'A session here can use up to 20 ACU');
    const [requestId] = valueOn(second, 'approve_request').split('.');
    for (const number of ['0', '2', '', '-1'])
      await forgePress(world(), {
        userId: ben.userId,
        channelId,
        actionId: 'approve_request',
        value: `${requestId}.${number}`,
      });
    await type('fix the docs');
    await sessionOf(devin, ana.devinUserId);
    expect(own()).toHaveLength(1);
    expect(own()[0]?.request.prompt).toContain('fix the docs');
    await press(ben, 'approve_request', second);
    await devin.waitForSession(() => own().length > 1);
  });
});

/** Every way to start a session; each returns the conversation with its card. */
const SURFACES: Record<string, (who: Team) => Promise<string>> = {
  'a direct message': async ({ ana }) => {
    const { slack } = world();
    const channelId = slack.directMessages(ana.userId);
    await slack.speak(ana.userId, channelId, `fix it now ${INFRA}`);
    return channelId;
  },
  'a word in a thread': async ({ ana, channelId, type, card }) => {
    const { slack, devin } = world();
    await type('the first task');
    const { ts } = await card((await sessionOf(devin, ana.devinUserId)).url);
    await slack.speak(ana.userId, channelId, `!new fix it now ${INFRA}`, { threadTs: ts });
    return channelId;
  },
  'a session that is run again': async ({ ana, channelId, type, card }) => {
    const { slack, devin } = world();
    await type('the first task');
    const session = await sessionOf(devin, ana.devinUserId);
    devin.advance(session.id, { status: 'exit' });
    const { ts } = await card('Ended');
    await slack.clickButton(ana.userId, { channelId, ts }, 'start_again');
    const form = await settledForm(slack, ana.userId);
    slack.typeIn(form.id, { 'field.max_acu_limit': '30' });
    await slack.submit(form.id, ana.userId);
    return channelId;
  },
  'a request that is tried again after it was not approved in time': async ({
    ana,
    channelId,
    type,
    card,
  }) => {
    await type(`fix it now ${INFRA}`);
    await card('Waiting for approval');
    aheadMs += 5 * 3_600_000;
    const { slack } = world();
    // The message under it says the same.
    const { ts } = await slack.waitForMessage(channelId, (message) =>
      /Nobody approved this request in time[^]*\[Ask again\]/.test(slack.renderText(message)),
    );
    await slack.clickButton(ana.userId, { channelId, ts }, 'try_again');
    return channelId;
  },
};

test.each(Object.keys(SURFACES))('%s waits for approval', async (surface) => {
  const { slack } = world();
  const who = team();
  const started = () => who.own().filter(({ request }) => !request.prompt.startsWith('the first'));
  const channelId = await SURFACES[surface]?.(who);
  await cardOf(slack, channelId ?? '', (text) => text.includes('Waiting for approval'));
  await askedOf(who.ben);
  expect(started()).toHaveLength(0);
  const before = who.own().length;
  await press(who.ben, 'approve_request');
  await slack.waitForMessage(channelId ?? '', (message) =>
    slack.renderText(message).includes(`Approved by ${who.ben.name}`),
  );
  await world().devin.waitForSession(() => who.own().length > before);
  expect(slack.problems).toEqual([]);
});

test('an approver is told that a long task is cut, and reads all of it', async () => {
  const { slack } = world();
  const { ben, type } = team();
  const end = 'and drop the old tables';
  await type(`${'fix it, '.repeat(1200)}${end} ${INFRA}`);
  const asked = await askedOf(ben);
  expect(asked.words).not.toContain(end);
  expect(asked.words).toMatch(/This is cut[^]*\[Details\]/);
  await press(ben, 'details', asked);
  const details = await slack.waitForView(({ userId }) => userId === ben.userId);
  expect(slack.renderText(details.id)).toContain(end);
});

describe('the Home of an approver', () => {
  const homeSaying = async (who: Colleague, words: RegExp) =>
    (await homeOf(world().slack, who.userId, words)).text;

  test('lists what waits for them with its buttons, which decide, and stays up to date', async () => {
    const { ana, ben, others } = await waiting(2, '--mode ultra');
    const [, cy] = others;
    if (cy === undefined) throw new Error('one approver is missing');
    const { slack } = world();
    await askedOf(ben);
    for (const one of [ana, ben, cy]) await slack.openHome(one.userId);
    const { viewId, text } = await homeOf(slack, ben.userId, '[Start session]');
    expect(text).toMatch(
      new RegExp(`NEEDS YOU[^]*fix it for ${ana.name}[^]*\\[Start session\\] \\[Decline\\]`),
    );
    await homeSaying(cy, /\[Start session\]/);
    expect(await homeSaying(ana, /in progress/i)).not.toContain('[Start session]');
    await slack.clickButton(ben.userId, { viewId }, 'approve_request');
    // It waits only for the other one.
    await homeSaying(ben, /^(?![^]*\[Start session\])/);
    const other = await homeOf(slack, cy.userId, '[Start session]');
    await slack.clickButton(cy.userId, { viewId: other.viewId }, 'decline_request');
    const dialog = await slack.waitForView(
      ({ userId, definition }) => userId === cy.userId && definition.callback_id === 'decline_request',
    );
    slack.typeIn(dialog.id, { decline_reason: 'Not today.' });
    await slack.submit(dialog.id, cy.userId);
    await homeSaying(cy, /^(?![^]*\[Start session\])/);
    expect(slack.problems).toEqual([]);
  });
});

/** Everything that only this person sees, anywhere. */
function allTold(who: Colleague): string[] {
  const { slack } = world();
  return [...slack.channels.keys(), slack.directMessages(who.userId)]
    .flatMap((id) => slack.messages(id).map((message) => ({ id, message })))
    .filter(
      ({ id, message }) => message.ephemeralFor === who.userId || id === slack.directMessages(who.userId),
    )
    .map(({ message }) => slack.renderText(message));
}
