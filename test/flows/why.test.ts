import { expect, test } from 'vitest';
import { sameDay, useGovernedWorld } from '../support/governed.ts';
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

test('why lists everything that is in the way, in the second person, and starts nothing', async () => {
  const { devin, slack } = world();
  const { type, own } = someoneIn(world());
  for (const [at, acu] of [20, 20, 10].entries()) {
    await type(`task number ${at} --acu ${acu}`);
    await devin.waitForSession(() => own().length > at);
  }
  const { message } = await type('why --repo acme/infra-dns --acu 21');
  const answer = message === null ? '' : slack.renderText(message);
  expect(answer).toContain("You can't start this here now.");
  for (const hurdle of [
    'open sessions',
    'no infrastructure',
    'Ask in #platform.',
    'A session here can use up to 20 ACU. The cap of this session is 21 ACU.',
    'You today: 0 used · 50 reserved by 3 sessions · 10 free of 60 ACU.',
    'Lower the cap to 10 to start this here.',
    'More frees up when a running session ends',
  ])
    expect(answer).toContain(hurdle);
  expect(message?.text.match(/^• .*Reserved by (<https?:[^>]+>(, )?){3}\./m)).not.toBeNull();
  expect(answer).toContain('Nothing was started.');
  expect(own()).toHaveLength(3);
});

test('why names what the channel sets, and nothing else that would not be in the way', async () => {
  const { answer, type } = await why('--mode ultra', { name: 'proj' });
  expect(answer).toContain("You can't start this here now.");
  expect(answer).toContain('This channel sets Mode: lite.');
  expect(answer).not.toMatch(/You today|A session here can use/);
  const { message } = await type('why --mode lite --acu 3');
  expect(message?.text).toBe('*You can start this here.*\nNothing was started.');
  const { message: me } = await type('whoami');
  expect(me?.text).toContain('Set here: Mode: lite, ACU cap: 5');
});

test('why says who can approve, if that is all that is needed', async () => {
  await world().change(
    `${POLICY}\n  - { match: [C0], set: { acu: 1 } }`.replace('then: refuse', 'then: approve'),
  );
  const { answer } = await why('--repo acme/infra-dns');
  expect(answer).toContain('*This needs an approval here.*');
  expect(answer).toContain('(Rule: no infrastructure)');
  expect(answer).toContain('Approvers:');
  await world().change(POLICY);
});

test("why tells people if they can't start sessions", async () => {
  const { answer } = await why('', { person: { inDevin: false } });
  expect(answer).toContain('No Devin account for');
});
