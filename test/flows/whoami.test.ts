import { expect, onTestFinished, test } from 'vitest';
import { toldTo } from '../support/asking.ts';
import { useGovernedWorld } from '../support/governed.ts';
import { homeOf } from '../support/look.ts';
import { someoneIn } from '../support/people.ts';

const POLICY = `
limits: { acu_per_session: 20, open_sessions_per_person: 3 }
rules:
  - { name: nothing in closed channels, channels: ["#closed-*"], then: refuse, say: "Ask in #platform." }
`;

const world = useGovernedWorld(POLICY);

async function whoami(where: Parameters<typeof someoneIn>[1] = {}) {
  const who = someoneIn(world(), where);
  const { message } = await who.type('whoami');
  expect(message?.ephemeralFor).toBe(who.ana.userId);
  return { ...who, message, answer: message === null ? '' : world().slack.renderText(message) };
}

test('whoami says privately who sessions run as, how and when that was found, and what is left', async () => {
  const { ana, answer, own } = await whoami();
  expect(answer).toContain(`Your sessions run as *${ana.devinName}*.`);
  expect(answer).toMatch(/Matched by Slack email address\. Checked .+\./);
  expect(answer).toContain('You can start a session here.');
  expect(answer).toContain('Open sessions: 0 of 3 (3 left)');
  expect(answer).toContain('Check again');
  expect(answer).not.toContain('How linking works');
  expect(own()).toHaveLength(0);
});

test('whoami says which rule refuses sessions here', async () => {
  const { answer } = await whoami({ name: 'closed' });
  expect(answer).toContain("You can't start a session here now.");
  expect(answer).toContain('The rule "nothing in closed channels" decides.');
  expect(answer).toContain('Ask in #platform.');
});

test('whoami offers a guest no link that would not help', async () => {
  const { answer } = await whoami({ person: { isGuest: true } });
  expect(answer).toContain('Check again');
  expect(answer).not.toContain('How linking works');
});

test('"Check again" finds a Devin account that was created since', async () => {
  const { ana, place, message, answer } = await whoami({ person: { inDevin: false } });
  const { slack, devin } = world();
  expect(answer).toContain("You can't start a session yet. No Devin account for p…@acme.example.");
  expect(answer).not.toContain('Open sessions');
  expect(answer).toContain('How linking works');
  devin.addMember({ userId: ana.devinUserId, email: ana.email, name: ana.devinName });
  await slack.clickButton(ana.userId, { channelId: place.channelId, ts: message?.ts ?? '' }, 'run_command.0');
  await toldTo(world(), place, `Your sessions run as *${ana.devinName}*.`);
});

test("whoami, why and Home say that Devin doesn't accept the app's key", async () => {
  const { slack, devin } = world();
  const revoked = devin.fail({ method: 'GET', path: /./ }, { status: 401, times: Infinity });
  onTestFinished(() => revoked.clear());
  const { ana, answer, type } = await whoami();
  expect(answer).toContain("Devin doesn't accept this app's key");
  expect(answer).not.toContain('How linking works');
  const { message } = await type('why --acu 5');
  expect(message?.text).toContain("Devin doesn't accept this app's key");
  await slack.openHome(ana.userId);
  await homeOf(slack, ana.userId, /Devin doesn't accept this app's key/);
});

test('whoami says which cap would do if the usual one is above what is left, and when there is more', async () => {
  const who = someoneIn(world());
  await world().change('limits: { acu_per_session: 20, acu_per_person_per_day: 15 }');
  const answer = async () => {
    const { message } = await who.type('whoami');
    return message?.text ?? '';
  };
  expect(await answer()).toContain('You can start a session here with a lower cap.');
  expect(await answer()).toContain('use a cap of 15 or less (`--acu 15`)');
  expect(await answer()).toMatch(/More is available from <!date\^/);
  await who.type('--acu 15 fix the login test');
  await expect.poll(who.own).toHaveLength(1);
  expect(await answer()).toContain("You can't start a session here now.");
  expect(await answer()).toContain('Try again then, or ask an owner of the policy.');
  await world().change(POLICY);
});
