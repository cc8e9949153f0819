import { assert, asyncProperty, constantFrom } from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { stopOnCard, toldTo } from '../support/asking.ts';
import { foreignSession } from '../support/foreign.ts';
import { useGovernedWorld } from '../support/governed.ts';
import { addOptions, cardOf, sessionOf, settledForm } from '../support/look.ts';
import { addColleague, someoneIn } from '../support/people.ts';

const CREATE = { method: 'POST', path: '/sessions' } as const;

/** The channels exist from the start; each test adds its rules. */
const CHANNELS = `
channels:
  - { match: ["#ours-*"], steer: requester }
  - { match: ["#quiet-*"], listen: mentions }
`;

const world = useGovernedWorld(CHANNELS);

beforeAll(() => {
  world().devin.catalog.repositories.push({ path: 'acme/infra-dns' });
});

type Someone = ReturnType<typeof someoneIn>;
/** What a rule is about, as it is written in the policy, in a command, and in a form. */
type Kind = { when: string; options: string; entries: Record<string, string | string[]> };

const KINDS: Readonly<Record<string, Kind>> = {
  'a person': { when: '{}', options: '', entries: {} },
  'a repository': {
    when: '{ repos: ["acme/infra-*"] }',
    options: '--repo acme/infra-dns',
    entries: { 'field.repos': ['acme/infra-dns'] },
  },
  'a mode': { when: '{ modes: [ultra] }', options: '--mode ultra', entries: { 'field.devin_mode': 'ultra' } },
  'a cap': { when: '{ acu_over: 10 }', options: '--acu 15', entries: { 'field.max_acu_limit': '15' } },
  'a platform': {
    when: '{ platforms: ["win*"] }',
    options: '--platform windows',
    entries: { 'field.platform': 'windows' },
  },
  'actions without approval': {
    when: '{ bypass_approval: true }',
    options: '--bypass-approval',
    entries: { 'field.bypass_approval': ['on'] },
  },
};

/** What people do before the rule applies; the rest happens afterwards. Returns where the refusal is posted; null: nowhere. */
type Surface = (who: Someone, kind: Kind) => Promise<() => Promise<string | null>>;

const bot = () => `<@${world().slack.workspace.botUserId}>`;
const task = ({ ana }: Someone, { options }: Kind) => `the task of ${ana.name} ${options}`;

async function started(who: Someone, kind: Kind) {
  const { slack, devin } = world();
  await who.type(task(who, kind));
  const session = await sessionOf(devin, who.ana.devinUserId);
  const { ts } = await cardOf(slack, who.channelId, (text) => text.includes(session.url));
  return { channelId: who.channelId, ts };
}

/** A form shows the refusal at its field. */
async function submitIn({ ana }: Someone): Promise<null> {
  const form = await settledForm(world().slack, ana.userId);
  const answer = await world().slack.submit(form.id, ana.userId);
  expect(JSON.stringify(answer)).toContain(`rule for ${ana.name}`);
  return null;
}

const SURFACES: Readonly<Record<string, Surface>> = {
  'the command': async (who, kind) => async () => {
    await who.type(task(who, kind));
    return who.channelId;
  },
  'a mention': async (who, kind) => async () => {
    await world().slack.speak(who.ana.userId, who.channelId, `${bot()} ${task(who, kind)}`);
    return who.channelId;
  },
  'a direct message': async (who, kind) => async () => {
    const channelId = world().slack.directMessages(who.ana.userId);
    await world().slack.speak(who.ana.userId, channelId, task(who, kind));
    return channelId;
  },
  '!new in a thread': async (who, kind) => {
    const { channelId, ts } = await started(who, { ...kind, options: '' });
    return async () => {
      await world().slack.speak(who.ana.userId, channelId, `!new ${task(who, kind)}`, { threadTs: ts });
      return channelId;
    };
  },
  'a form that was opened before': async (who, kind) => {
    const { slack } = world();
    await who.type(`${task(who, kind)} --title`);
    const { ts } = await toldTo(world(), who.place, '--title');
    await slack.clickButton(who.ana.userId, { channelId: who.channelId, ts }, 'open_form');
    const form = await settledForm(slack, who.ana.userId);
    slack.typeIn(form.id, { 'field.title': 'Mended' });
    return async () => submitIn(who);
  },
  'the shortcut': async (who, { entries }) => {
    const { slack } = world();
    const { ana, channelId } = who;
    const ts = slack.say(ana.userId, channelId, 'fix it now');
    await slack.shortcut(ana.userId, { channelId, ts }, 'start_session');
    const form = await settledForm(slack, ana.userId);
    await addOptions(slack, form);
    if ('field.repos' in entries) await slack.suggest(form.id, 'field.repos', 'acme/infra');
    slack.typeIn(form.id, entries);
    return async () => submitIn(who);
  },
  '"Run again"': async (who, kind) => {
    const { slack } = world();
    const on = await started(who, kind);
    await stopOnCard(world(), who.ana.userId, on);
    await cardOf(slack, who.channelId, (text) => text.includes('Ended by'));
    await slack.clickButton(who.ana.userId, on, 'start_again');
    const form = await settledForm(slack, who.ana.userId);
    slack.typeIn(form.id, { 'field.prompt': `the task of ${who.ana.name} again` });
    return async () => submitIn(who);
  },
  '"Retry"': async (who, kind) => {
    const { slack, devin } = world();
    devin.fail(CREATE, { status: 429, retryAfter: 3 * 3600, times: 1 });
    await who.type(task(who, kind));
    const { ts } = await cardOf(slack, who.channelId, (text) => text.includes('Not started'));
    return async () => {
      await slack.clickButton(who.ana.userId, { channelId: who.channelId, ts }, 'try_again');
      return who.channelId;
    };
  },
  '"Start anyway"': async (who, kind) => {
    const { slack, devin } = world();
    devin.fail(CREATE, { times: 1 });
    await who.type(task(who, kind));
    const { ts } = await slack.waitForMessage(who.channelId, (message) =>
      slack.renderText(message).includes('[Start anyway]'),
    );
    return async () => {
      await slack.clickButton(who.ana.userId, { channelId: who.channelId, ts }, 'start_anyway');
      return who.channelId;
    };
  },
};

/** It refuses nobody else. */
const ruleFor = ({ ana }: Someone, { when }: Kind): string =>
  `${CHANNELS}\nrules:\n  - { name: rule for ${ana.name}, people: [${ana.userId}], when: ${when}, then: refuse }`;

async function isRefused(surface: Surface, kind: Kind): Promise<void> {
  const { slack, devin } = world();
  const who = someoneIn(world());
  const act = await surface(who, kind);
  const before = who.own().length;
  await world().change(ruleFor(who, kind));
  const channelId = await act();
  if (channelId !== null)
    await slack.waitForMessage(channelId, (message) =>
      slack.renderText(message).includes(`rule for ${who.ana.name}`),
    );
  expect(who.own()).toHaveLength(before);
  expect([...slack.problems, ...devin.problems]).toEqual([]);
}

describe('a rule that applies when the session starts', () => {
  test.each(Object.entries(SURFACES))('applies to %s, whatever its condition', async (_name, surface) => {
    const kinds = constantFrom(...Object.values(KINDS));
    await assert(
      asyncProperty(kinds, async (kind) => isRefused(surface, kind)),
      { numRuns: 2, endOnFailure: true },
    );
  });
});

describe('a channel of the policy', () => {
  /** A session of one person in a channel of this name, and a colleague there. */
  async function inChannel(name: string) {
    const ben = addColleague(world());
    const who = someoneIn(world(), { name, others: [ben.userId] });
    const on = await started(who, { when: '', options: '', entries: {} });
    const said = (words: string) => {
      const session = world().devin.sessions.find(({ userId }) => userId === who.ana.devinUserId);
      return session?.messages.some(({ message }) => message.includes(words)) ?? false;
    };
    const reply = async (userId: string, words: string) =>
      world().slack.speak(userId, on.channelId, words, { threadTs: on.ts });
    return { ...who, ben, on, said, reply };
  }

  test('where only requesters steer takes their replies, and none of colleagues', async () => {
    const { ana, ben, channelId, said, reply } = await inChannel('ours');
    await reply(ben.userId, 'and mind the tests');
    await toldTo(world(), { channelId, userId: ben.userId }, 'Ask them, or a Devin admin');
    await reply(ana.userId, 'and mind the docs');
    await expect.poll(() => said('and mind the docs')).toBe(true);
    expect(said('and mind the tests')).toBe(false);
  });

  test('where only requesters steer takes no reply from a follower', async () => {
    const { slack, devin } = world();
    const owner = addColleague(world());
    const { ana: follower, channelId, place } = someoneIn(world(), { name: 'ours', others: [owner.userId] });
    const as = { create_as_user_id: owner.devinUserId };
    const { id, url } = await foreignSession(world(), `Of ${owner.name}`, as);
    await slack.command(follower.userId, channelId, `follow ${id}`);
    const { ts } = await cardOf(slack, channelId, (text) => text.includes(url));
    await slack.speak(follower.userId, channelId, 'and mind the tests', { threadTs: ts });
    await toldTo(world(), place, 'Ask them, or a Devin admin');
    await slack.speak(owner.userId, channelId, 'and mind the docs', { threadTs: ts });
    const said = (): string => JSON.stringify(devin.session(id).messages);
    await expect.poll(said).toContain('and mind the docs');
    expect(said()).not.toContain('and mind the tests');
  });

  test('that takes mentions ignores other replies', async () => {
    const { ana, said, reply } = await inChannel('quiet');
    await reply(ana.userId, 'only between us');
    await reply(ana.userId, `${bot()} and mind the tests`);
    await expect.poll(() => said('and mind the tests')).toBe(true);
    expect(said('only between us')).toBe(false);
  });
});
