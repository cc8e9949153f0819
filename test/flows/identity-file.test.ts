import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toldTo } from '../support/asking.ts';
import { createWorld, type World } from '../support/bot.ts';
import { homeOf, sessionOf } from '../support/look.ts';
import { addColleague, someoneIn } from '../support/people.ts';

let folder = '';
let file = '';
let shared: World | null = null;

function world(): World {
  if (shared === null) throw new Error('the world does not exist yet');
  return shared;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'devin-slack-identity-'));
  file = join(folder, 'identity.yml');
  await writeFile(file, 'people: []\n');
  shared = await createWorld({ environment: { IDENTITY_FILE: file }, overrides: { policyEveryMs: 20 } });
});
afterAll(async () => {
  await shared?.close();
  await rm(folder, { recursive: true, force: true });
});

const whoami = async ({ type }: ReturnType<typeof someoneIn>): Promise<string> => {
  const { message } = await type('whoami');
  return message === null ? '' : world().slack.renderText(message);
};

test('sessions run as the member in the identity file, also after it changes', async () => {
  const { devin } = world();
  const ben = someoneIn(world(), { person: { inDevin: false } });
  const devinUserId = `user-other-${ben.ana.name}`;
  devin.addMember({ userId: devinUserId, email: 'other@elsewhere.example', name: 'Other' });
  await expect.poll(async () => whoami(ben)).toContain('No Devin account for');
  await writeFile(file, `people: [{ slack: ${ben.ana.userId}, devin: ${devinUserId} }]\n`);
  await expect.poll(async () => whoami(ben)).toContain('Runs as *Other*');
  expect(await whoami(ben)).toContain("Set in this app's identity file.");
  await ben.type('fix it now');
  expect((await sessionOf(devin, devinUserId)).userId).toBe(devinUserId);
});

test('nothing starts for a person who would run as a colleague: the refusal names both', async () => {
  const ana = someoneIn(world());
  const eve = someoneIn(world());
  await writeFile(file, `people: [{ slack: ${eve.ana.email}, devin: ${ana.ana.devinUserId} }]\n`);
  await expect.poll(async () => whoami(eve)).toContain('would both be');
  await eve.type('fix it now');
  const told = await toldTo(world(), eve.place, 'Nothing was started');
  const words = world().slack.renderText(told);
  expect(words).toContain(ana.ana.devinName);
  expect(words).toContain(`you and ${ana.ana.name} would both be`);
  expect(ana.own()).toHaveLength(0);
  expect(eve.own()).toHaveLength(0);
  expect(await whoami(ana)).toContain(`Runs as *${ana.ana.devinName}*`);
});

test('only administrators see in their Home whether the identity file is valid', async () => {
  const { slack } = world();
  const boss = addColleague(world(), { isAdmin: true });
  const home = async (userId: string, words: RegExp): Promise<string> => {
    await slack.openHome(userId);
    return (await homeOf(slack, userId, words)).text;
  };
  await writeFile(file, `people: [{ slack: ${boss.userId}, devin: ${boss.devinUserId} }]\n`);
  expect(await home(boss.userId, /Runs as/)).not.toContain('stays in force');
  await writeFile(file, 'people: [{ slack: nobody, devin: user-1 }]\n');
  await expect.poll(async () => home(boss.userId, /Runs as/)).toContain('The identity file has errors');
  const ana = addColleague(world());
  expect(await home(ana.userId, /Runs as/)).not.toContain('stays in force');
});

test('the metrics say whether the current identity file is in force', async () => {
  const metric = async () => (await fetch(`${world().address}/metrics`)).text();
  await writeFile(file, 'people: [{ slack: nobody, devin: user-1 }]\n');
  await expect.poll(metric).toContain('devin_slack_file_ok{file="identity"} 0');
  await writeFile(file, 'people: []\n');
  await expect.poll(metric).toContain('devin_slack_file_ok{file="identity"} 1');
});
