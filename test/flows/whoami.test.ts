import { expect, onTestFinished, test } from 'vitest';
import { pressToOpen, toldTo } from '../support/asking.ts';
import { useGovernedWorld } from '../support/governed.ts';
import { homeOf } from '../support/look.ts';
import { someoneIn } from '../support/people.ts';

const POLICY = `
limits: { acu_per_session: 20, acu_per_person_per_day: 60, acu_per_month: 2000, open_sessions_per_person: 3 }
rules:
  - { name: ultra needs a look, when: { modes: [ultra] }, then: approve, approvers: [U0OWNER] }
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
  expect(answer).toContain(`Runs as *${ana.devinName}*`);
  expect(answer).toMatch(/Matched by Slack email address\./);
  expect(answer).toContain('A session here can use up to 20 ACU.');
  expect(answer).toContain('You today: 0 used · 60 free of 60 ACU');
  expect(answer).toMatch(/This workspace this month: .* used · .* free of 2,000 ACU/);
  expect(answer).toContain('May need approval here: ultra.');
  expect(answer).toContain('[Check again]');
  expect(answer).toContain('*Your defaults*: None  [Edit]');
  expect(answer).toContain("*Notifications*  [In the session's thread ▾]");
  expect(answer).toContain('*Language*  [As in Slack ▾]');
  expect(answer.split(/\s+/).length).toBeLessThan(75);
  expect(own()).toHaveLength(0);
});

test('a person whose new address in Slack makes them another member is told once', async () => {
  const { slack, devin } = world();
  const { ana, type } = await whoami();
  devin.addMember({ userId: 'user-new', email: 'new@acme.example', name: 'New Name' });
  await slack.changeUser(ana.userId, { email: 'new@acme.example' });
  const direct = slack.directMessages(ana.userId);
  const runsAs = async () => slack.renderText((await type('whoami')).message ?? '');
  await expect.poll(runsAs).toContain('Runs as *New Name*');
  const { text } = await slack.waitForMessage(direct, (one) => one.text.includes('now run as'));
  expect(text).toContain('*New Name*');
  await slack.changeUser(ana.userId, { email: ana.email });
  await expect.poll(runsAs).toContain(`Runs as *${ana.devinName}*`);
  await slack.waitForMessage(direct, (one) => one.text.includes(`now run as *${ana.devinName}*`));
  expect(slack.messages(direct).filter((one) => one.text.includes('*New Name*'))).toHaveLength(1);
});

test('whoami says which rule refuses sessions here', async () => {
  const { answer } = await whoami({ name: 'closed' });
  expect(answer).toContain('(Rule: nothing in closed channels)');
  expect(answer).toContain('Ask in #platform.');
});

test('Edit changes the defaults, which the next answer shows', async () => {
  const { ana, place, message, type } = await whoami();
  const { slack } = world();
  const form = await pressToOpen(world(), ana.userId, {
    on: { channelId: place.channelId, ts: message?.ts ?? '' },
    button: 'edit_defaults',
  });
  slack.typeIn(form.id, { 'field.max_acu_limit': '7' });
  expect((await slack.submit(form.id, ana.userId)).kind).toBe('closed');
  const { message: next } = await type('whoami');
  expect(next?.text).toContain('*Your defaults*: ACU cap: 7');
});

test('"Check again" finds a Devin account that was created since', async () => {
  const { ana, place, message, answer } = await whoami({ person: { inDevin: false } });
  const { slack, devin } = world();
  expect(answer).toContain("You can't start a session yet. No Devin account for p…@acme.example.");
  expect(answer).not.toContain('Your defaults');
  devin.addMember({ userId: ana.devinUserId, email: ana.email, name: ana.devinName });
  await slack.clickButton(ana.userId, { channelId: place.channelId, ts: message?.ts ?? '' }, 'run_command.0');
  await toldTo(world(), place, `Runs as *${ana.devinName}*`);
});

test("whoami, why and Home say that Devin doesn't accept the app's key", async () => {
  const { slack, devin } = world();
  const revoked = devin.fail({ method: 'GET', path: /./ }, { status: 401, times: Infinity });
  onTestFinished(() => revoked.clear());
  const { ana, answer, type } = await whoami();
  expect(answer).toContain("Devin doesn't accept this app's key");
  const { message } = await type('why --acu 5');
  expect(message?.text).toContain("Devin doesn't accept this app's key");
  await slack.openHome(ana.userId);
  await homeOf(slack, ana.userId, /Devin doesn't accept this app's key/);
});
