import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import type { BotProcess } from '../../../sandbox/bot-process.ts';
import { createLocalDevin } from '../../../sandbox/devin/index.ts';
import { createControl } from '../../../sandbox/page/control.ts';
import { createPage } from '../../../sandbox/page/server.ts';
import { createLocalSlack } from '../../../sandbox/slack/index.ts';
import { unneeded } from '../../support/unneeded.ts';

const stateSchema = z.object({ exchanges: z.array(z.object({ id: z.number(), name: z.string() })) });
const bodySchema = z.object({ sent: z.unknown(), answered: z.unknown() });

/** No app runs. */
const bot: BotProcess = {
  state: () => ({ status: 'ready', pid: null, starts: 1, address: null, log: [] }),
  start: unneeded,
  kill: unneeded,
  stop: unneeded,
  subscribe: () => () => undefined,
};

test('the controls mask tokens and session secrets in requests and answers', async () => {
  const slack = await createLocalSlack();
  onTestFinished(async () => slack.close());
  const devin = await createLocalDevin({});
  onTestFinished(async () => devin.stop());
  const control = createControl({ slack, devin, bot });
  onTestFinished(() => control.close());
  const page = await createPage({ slack, devin, control });
  onTestFinished(async () => page.close());

  const ask = async (path: string) => (await fetch(`${page.url}/api/control/${path}`)).json();
  const state = async () => stateSchema.parse(await ask('state'));
  const headers = () => ({ authorization: `Bearer ${devin.apiKey}`, 'content-type': 'application/json' });
  const sessions = () => `${devin.url}/v3/organizations/${devin.orgId}/sessions`;
  const create = async (body: Record<string, unknown>) =>
    fetch(sessions(), { method: 'POST', headers: headers(), body: JSON.stringify(body) });
  const callSlack = async (method: string, args: Record<string, string>) =>
    fetch(`${slack.apiUrl}${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${slack.workspace.botToken}` },
      body: new URLSearchParams(args),
    });
  async function bodyOf(name: string): Promise<string> {
    const exchange = (await state()).exchanges.find((one) => one.name === name);
    return JSON.stringify(bodySchema.parse(await ask(`exchange?id=${exchange?.id}`)));
  }

  const userId = slack.addUser({ name: 'ana' });
  const channelId = slack.addChannel({ name: 'general', members: [userId] });
  await slack.command(userId, channelId, 'x');
  const command = await bodyOf('/devin');
  expect(command).toContain('"response_url":"[secret]"');
  expect(command).not.toContain(slack.workspace.verificationToken);
  await create({ prompt: 'x', session_secrets: [{ key: 'TOKEN', value: 'hush', sensitive: true }] });
  expect(await bodyOf('POST /sessions')).not.toContain('hush');

  const view = JSON.stringify({
    type: 'modal',
    callback_id: 'f',
    title: { type: 'plain_text', text: 'Form' },
    submit: { type: 'plain_text', text: 'Send' },
    blocks: [
      {
        type: 'input',
        block_id: 'field.session_secrets',
        label: { type: 'plain_text', text: 'Secrets' },
        element: { type: 'plain_text_input', action_id: 'value' },
      },
    ],
  });
  const trigger = slack.deliveries.at(-1)?.payload['trigger_id'];
  await callSlack('views.open', { trigger_id: String(trigger), view });
  const opened = await slack.waitForView((one) => one.userId === userId);
  slack.typeIn(opened.id, { 'field.session_secrets': 'TOKEN=hush' });
  await slack.submit(opened.id, userId);
  const submission = await bodyOf('view_submission f');
  expect(submission).toContain('field.session_secrets');
  expect(submission).not.toContain('hush');
});
