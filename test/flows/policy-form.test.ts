import { expect, test } from 'vitest';
import { useGovernedWorld } from '../support/governed.ts';
import { addOptions, cardOf, errorAt, sessionOf, settledForm } from '../support/look.ts';
import { someoneIn } from '../support/people.ts';

const POLICY = `
instructions: Follow CONTRIBUTING.md.
limits: { acu_per_session: 20 }
rules:
  - name: no contractors in shared channels
    people: ["*@contractor.example"]
    channels: [shared]
    then: refuse
    say: "Ask in #platform."
  - { name: no ultra, when: { modes: [ultra] }, then: refuse }
  - { name: no infrastructure, when: { repos: ["acme/infra-*"] }, then: refuse, say: "Ask Ben." }
  - { name: no own secrets, when: { session_secrets: true }, then: refuse }
  - { name: no files, when: { attachments: true }, then: refuse }
  - { name: no bypass, when: { bypass_approval: true }, then: refuse }
channels:
  - match: ["#proj-*"]
    set: { modes: [lite], acu: 5, repos: [acme/web], tags: [proj] }
    instructions: Ask before adding a dependency.
`;

const world = useGovernedWorld(POLICY);

async function formIn(options: Parameters<typeof someoneIn>[1] = {}) {
  const who = someoneIn(world(), options);
  await who.type('');
  const view = await settledForm(world().slack, who.ana.userId);
  return { ...who, view, shown: () => world().slack.renderText(view) };
}

test('a form says at options and fields what is refused, and refuses it there when it is sent', async () => {
  const { slack, devin } = world();
  devin.catalog.repositories.push({ path: 'acme/infra-dns' });
  const { ana, view, shown } = await formIn();
  expect(shown()).toContain('team instructions are added');
  expect(JSON.stringify(view.definition)).toContain('Ultra · higher cost, hard tasks · not allowed here');
  await addOptions(slack, view, ['files']);
  await slack.suggest(view.id, 'field.repos', 'acme/infra-dns');
  const log = { name: 'log.txt', mimetype: 'text/plain', content: 'oh no', owner: ana.userId };
  const refusedAt = async (entries: Record<string, string | string[]>) => {
    slack.typeIn(view.id, { 'field.prompt': 'fix it now', ...entries });
    const answer = await slack.submit(view.id, ana.userId);
    return answer.kind === 'errors' ? JSON.stringify(answer) : answer.kind;
  };
  expect(await refusedAt({ 'field.repos': ['acme/infra-dns'], 'field.max_acu_limit': '21' })).toMatch(
    /"field\.repos":".*Ask Ben\. \(Rule: no infrastructure\)"/s,
  );
  expect(await refusedAt({ 'field.repos': [] })).toMatch(
    /"field\.max_acu_limit":"A session here can use up to 20/,
  );
  expect(await refusedAt({ 'field.max_acu_limit': '20', files: [slack.addFile(log)] })).toMatch(/no files/);
  expect(devin.sessions.filter(({ userId }) => userId === ana.devinUserId)).toEqual([]);
  expect(await refusedAt({ files: [] })).toBe('closed');
  await sessionOf(devin, ana.devinUserId);
  expect(slack.problems).toEqual([]);
});

test('a task about a message with a file that the policy refuses starts once the file is left out', async () => {
  const { slack, devin } = world();
  const { ana, channelId } = someoneIn(world());
  const log = { name: 'log.txt', mimetype: 'text/plain', content: 'oh no', owner: ana.userId };
  const ts = slack.say(ana.userId, channelId, 'It fails', { files: [slack.addFile(log)] });
  await slack.shortcut(ana.userId, { channelId, ts }, 'start_session');
  const form = await settledForm(slack, ana.userId);
  await slack.clickButton(ana.userId, { viewId: form.id }, 'review_context');
  const review = await slack.waitForView(
    ({ userId, id }) => userId === ana.userId && slack.renderText(id).includes('[Save]'),
  );
  slack.typeIn(review.id, { 'review.0': [`message ${ts}`] });
  await slack.submit(review.id, ana.userId);
  slack.typeIn(form.id, { 'field.prompt': 'fix it now' });
  expect((await slack.submit(form.id, ana.userId)).kind).toBe('closed');
  expect((await sessionOf(devin, ana.devinUserId)).request.attachment_urls ?? []).toEqual([]);
});

test('a form shows what the channel sets, refuses another value there, and starts with a lower cap', async () => {
  const { slack, devin } = world();
  const { ana, channelId, view, shown } = await formIn({ name: 'proj' });
  // The group of the tags is open, since they are set.
  for (const words of ['acme/web', 'Lite ·', 'proj']) expect(shown()).toContain(words);
  expect(shown().split('Source: set by policy.')).toHaveLength(5);
  slack.typeIn(view.id, { 'field.prompt': 'fix it now', 'field.tags': 'mine', 'field.max_acu_limit': '3' });
  expect(await errorAt(slack, view, 'field.tags')).toContain('proj');
  slack.typeIn(view.id, { 'field.tags': '' });
  expect((await slack.submit(view.id, ana.userId)).kind).toBe('closed');
  const session = await sessionOf(devin, ana.devinUserId);
  expect(session.request).toMatchObject({
    devin_mode: 'lite',
    max_acu_limit: 3,
    repos: ['acme/web'],
  });
  expect(session.request.tags).toContain('proj');
  const card = await cardOf(slack, channelId, (text) => text.includes(session.url));
  await slack.clickButton(ana.userId, { channelId, ts: card.ts }, 'details');
  const details = await slack.waitForView(
    ({ userId, definition }) => userId === ana.userId && definition.callback_id === 'session_details',
  );
  expect(slack.renderText(details)).toMatch(/What Devin gets\*:.*Follow CONTRIBUTING\.md\./s);
});

test('a form shows a refused person only the rule that refuses them', async () => {
  const { view, shown } = await formIn({
    name: 'shared',
    person: { email: 'cy@contractor.example' },
    channel: { isExternal: true },
  });
  expect(shown()).toContain('Ask in #platform.');
  expect(view.definition.blocks.some(({ type }) => type === 'input')).toBe(false);
});

test('the review of what is sent shows the standing instructions', async () => {
  const { slack } = world();
  const { ana, channelId } = someoneIn(world());
  const ts = slack.say(ana.userId, channelId, 'fix it now');
  await slack.shortcut(ana.userId, { channelId, ts }, 'start_session');
  const form = await settledForm(slack, ana.userId);
  await slack.clickButton(ana.userId, { viewId: form.id }, 'review_context');
  const review = await slack.waitForView((view) =>
    slack.renderText(view).includes('Follow CONTRIBUTING.md.'),
  );
  expect(review.definition.type).toBe('modal');
});
