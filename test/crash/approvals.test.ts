import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Message } from '../../sandbox/slack/index.ts';
import { cardOf, sessionOf } from '../support/look.ts';
import { addColleague } from '../support/people.ts';
import { describeOnBothDatabaseServers } from '../support/worlds.ts';
import { useMortalWorld } from './processes.ts';

const POLICY = `
version: 1
rules:
  - name: infrastructure
    when: { repos: ["acme/infra-*"] }
    then: approve
    approvers: [S0PLATFORM]
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'devin-slack-approvals-'));
  await writeFile(join(folder, 'policy.yml'), POLICY);
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

describeOnBothDatabaseServers('an approval while a process is killed', (databaseEnvironment, kind) => {
  const world = useMortalWorld(async () => ({
    ...(await databaseEnvironment()),
    POLICY_FILE: join(folder, 'policy.yml'),
  }));

  async function ask() {
    const { slack, devin } = world();
    const [ana, ben] = [addColleague({ slack, devin }), addColleague({ slack, devin })];
    slack.setGroup('S0PLATFORM', [ana.userId, ben.userId]);
    const channelId = slack.addChannel({ name: `crash-${ana.name}`, members: [ana.userId] });
    await slack.command(ana.userId, channelId, 'fix it now --repo acme/infra-dns');
    const inDirect = slack.directMessages(ben.userId);
    const asked = async () => {
      const isAsking = (one: Message) => slack.renderText(one).includes('[Start session]');
      const { ts } = await slack.waitForMessage(inDirect, isAsking);
      return { channelId: inDirect, ts };
    };
    return { ana, ben, channelId, inDirect, asked };
  }

  type Asked = Awaited<ReturnType<typeof ask>>;

  async function approve({ ben, asked }: Asked): Promise<void> {
    await world().slack.clickButton(ben.userId, await asked(), 'approve_request');
  }

  /** One session, one card, and one message to the approver. */
  async function expectOneOfEach({ ana, channelId, inDirect }: Asked): Promise<void> {
    const { slack, devin } = world();
    await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, () => true);
    expect(devin.sessions.filter(({ userId }) => userId === ana.devinUserId)).toHaveLength(1);
    expect(slack.messages(channelId).filter(({ metadata }) => metadata)).toHaveLength(1);
    expect(slack.messages(inDirect)).toHaveLength(1);
  }

  test('right after the request posts one message to the approvers', async () => {
    const { died } = await (await world().running()).dieAt('^awaiting-approval$');
    const one = await ask();
    await died;
    await world().running();
    await approve(one);
    await expectOneOfEach(one);
  });

  test('right after the approval starts one session', async () => {
    const one = await ask();
    await one.asked();
    const { died } = await (await world().running()).dieAt('^ready$');
    await approve(one).catch(() => undefined);
    await died;
    await world().running();
    await expectOneOfEach(one);
  });

  test.runIf(kind === 'embedded')('while Slack took the message posts it once', async () => {
    const { slack, running } = world();
    const dying = await running();
    slack.fail('chat.postMessage', { times: 2, hang: true, afterEffect: true });
    const one = await ask();
    await one.asked();
    await cardOf(slack, one.channelId, (text) => text.includes('Waiting for approval'));
    await dying.kill();
    await running();
    await approve(one);
    await expectOneOfEach(one);
  });

  test.runIf(kind === 'postgres')(
    'that reaches two replicas at the same moment starts one session',
    async () => {
      const second = await world().another();
      const one = await ask();
      const at = await one.asked();
      const press = async () => world().slack.clickButton(one.ben.userId, at, 'approve_request');
      await Promise.all([press(), press(), press(), press()]);
      await expectOneOfEach(one);
      await second.kill();
    },
  );
});
