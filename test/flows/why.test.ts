import { expect, test } from 'vitest';
import { sameDay, useGovernedWorld } from '../support/governed.ts';
import { sessionOf } from '../support/look.ts';
import { someoneIn } from '../support/people.ts';

const POLICY = `
owners: [U0OWNER]
instructions: Follow CONTRIBUTING.md.
limits: { acu_per_session: 20, acu_per_person_per_day: 60, open_sessions_per_person: 3 }
rules:
  - { name: no infrastructure, when: { repos: ["acme/infra-*"] }, then: refuse, say: "Ask in #platform." }
channels:
  - match: ["#proj-*"]
    set: { modes: [lite], acu: 5 }
`;

const world = useGovernedWorld(POLICY, { overrides: { now: sameDay() } });

async function why(options: string, where: Parameters<typeof someoneIn>[1] = {}) {
  const who = someoneIn(world(), where);
  const { message } = await who.type(`why ${options}`);
  return { ...who, answer: message === null ? '' : world().slack.renderText(message) };
}

test('why names the rule that refuses and its message, and starts nothing', async () => {
  const { answer, own } = await why('--repo acme/infra-dns');
  expect(answer).toContain("You can't start this session here now.");
  expect(answer).toContain('The rule "no infrastructure" decides.');
  expect(answer).toContain('Ask in #platform.');
  expect(answer).toContain('Nothing was started.');
  expect(own()).toHaveLength(0);
});

test('why says what the channel sets, what is added, and what is left of each limit', async () => {
  const { ana, type, answer } = await why('--mode ultra', { name: 'proj' });
  expect(answer).toContain('You can start this session here.');
  expect(answer).toContain('Mode: lite');
  expect(answer).toContain('ACU cap: 5');
  expect(answer).toContain('Follow CONTRIBUTING.md.');
  expect(answer).toContain('Open sessions: 0 of 3 (3 left)');
  expect(answer).toContain('up to 20');
  expect(answer).toContain('You have 60 of 60 ACU left today');
  await type('the first task');
  await sessionOf(world().devin, ana.devinUserId);
  const { message } = await type('why');
  expect(message === null ? '' : world().slack.renderText(message)).toContain('1 of 3 (2 left)');
});

test('why names the cap that goes over a budget, and one that fits', async () => {
  const { devin, slack } = world();
  const { type, own } = someoneIn(world());
  for (const [at, acu] of [20, 20, 10].entries()) {
    await type(`task ${at} --acu ${acu}`);
    await devin.waitForSession(() => own().length > at);
  }
  const { message } = await type('why');
  expect(message === null ? '' : slack.renderText(message)).toContain(
    "This session's cap is 20 ACU. To start now, use a cap of 10 or less (`--acu 10`).",
  );
});

test('why decides as the start does: a cap above the limit', async () => {
  const { answer } = await why('--acu 21');
  expect(answer).toContain('The ACU cap is above what the policy allows for one session.');
});

test('why asks about an unknown option', async () => {
  const { answer } = await why('--reop acme/web');
  expect(answer).toContain('Did you mean');
  expect(answer).toContain('/devin why --reop acme/web');
});

test("why tells people if they can't start sessions", async () => {
  const { answer } = await why('', { person: { inDevin: false } });
  expect(answer).toContain('No Devin account for');
});

test('a question about what the app decided is asked about before it starts', async () => {
  const { answer, own } = await why('was my session refused --repo acme/web');
  expect(answer).toContain('Nothing was started yet.');
  expect(answer).toContain('[Start as typed]');
  expect(own()).toHaveLength(0);
});

test('a question about the code is a task, with its options', async () => {
  const { ana } = await why('does the nightly build of the app fail --repo acme/web');
  const { request } = await sessionOf(world().devin, ana.devinUserId);
  expect(request.prompt).toContain('why does the nightly build of the app fail');
  expect(request.repos).toEqual(['acme/web']);
});
