import { describe, expect, test } from 'vitest';
import { sessionOf, settledForm } from '../support/look.ts';
import { addColleague } from '../support/people.ts';
import { QUICK_THREADS } from '../support/quick.ts';
import { startThread } from '../support/threads.ts';
import { useWorld } from '../support/worlds.ts';

/** As Slack sends cells that a person pastes from a spreadsheet. */
const PASTED = {
  id: 1,
  fallback: '[no preview available]',
  blocks: [
    {
      type: 'table',
      block_id: 'b1',
      rows: [
        [
          { type: 'raw_text', text: 'Browser' },
          { type: 'raw_text', text: 'Errors' },
        ],
        [
          {
            type: 'rich_text',
            elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'Safari & <old>' }] }],
          },
          { type: 'raw_number', value: 12, text: '12' },
        ],
        [
          { type: 'raw_text', text: '--acu 900' },
          { type: 'raw_text', text: '' },
        ],
      ],
    },
  ],
};

const AS_READ = '```\nBrowser | Errors\nSafari & <old> | 12\n--acu 900 | \n```';

const redeliverAfterMs = Array.from({ length: 100 }, () => 100);
const world = useWorld({ ...QUICK_THREADS, slack: { redeliverAfterMs } });

describe('a table that a person pastes', () => {
  test('is part of the task', async () => {
    const { slack, devin } = world();
    const ana = addColleague(world());
    const channelId = slack.addChannel({ name: `table-${ana.name}`, members: [ana.userId] });
    await slack.speak(ana.userId, channelId, `<@${slack.workspace.botUserId}> fix what fails --acu 5`, {
      attachments: [PASTED],
    });
    const { request } = await sessionOf(devin, ana.devinUserId);
    expect(request).toMatchObject({ prompt: `fix what fails\n${AS_READ}`, max_acu_limit: 5 });
  });

  test('is part of a reply, which is no keyword then', async () => {
    const thread = await startThread(world());
    for (const words of ['these fail', 'exit', '']) {
      const { ts } = await thread.say(thread.ana.userId, words, { attachments: [PASTED] });
      await thread.marked(ts, 'white_check_mark');
    }
    expect(thread.heard().map(({ message }) => message)).toEqual([
      `these fail\n${AS_READ}`,
      `exit\n${AS_READ}`,
      AS_READ,
    ]);
  });

  test('is still part of a reply that Slack delivers later', async () => {
    const { slack, address } = world();
    const thread = await startThread(world());
    slack.connectHttp(`${address}/nowhere`);
    const { ts } = await thread.say(thread.ana.userId, 'these fail', { attachments: [PASTED] });
    slack.connectHttp(`${address}/slack/events`);
    await thread.marked(ts, 'white_check_mark');
    expect(thread.heard().map(({ message }) => message)).toEqual([`these fail\n${AS_READ}`]);
  });

  test('is part of the task when a session is started from the message', async () => {
    const { slack, devin } = world();
    const ana = addColleague(world());
    const channelId = slack.addChannel({ name: `table-${ana.name}`, members: [ana.userId] });
    const ts = slack.say(ana.userId, channelId, 'these fail', { attachments: [PASTED] });
    await slack.shortcut(ana.userId, { channelId, ts }, 'start_session');
    const form = await settledForm(slack, ana.userId);
    await slack.submit(form.id, ana.userId);
    const { request } = await sessionOf(devin, ana.devinUserId);
    expect(request.prompt).toContain('these fail\n```\nBrowser | Errors\nSafari & <old> | 12');
  });

  test("isn't taken from the preview of a link", async () => {
    const thread = await startThread(world());
    const preview = { ...PASTED, is_app_unfurl: true, from_url: 'https://acme.example/errors' };
    const { ts } = await thread.say(thread.ana.userId, 'see https://acme.example/errors', {
      attachments: [preview],
    });
    await thread.marked(ts, 'white_check_mark');
    expect(thread.heard().map(({ message }) => message)).toEqual(['see https://acme.example/errors']);
  });
});
