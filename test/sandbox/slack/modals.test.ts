import { describe, expect, test } from 'vitest';
import { clientOf, input, modal, plain, startHttpApp, startSlack } from './harness.ts';

describe('modals', () => {
  async function openForm(blocks: object[]) {
    const slack = await startSlack();
    const submitted: unknown[] = [];
    await startHttpApp(slack, (app) => {
      app.shortcut('start_session', async ({ ack, shortcut, client }) => {
        await ack();
        await client.apiCall('views.open', { trigger_id: shortcut.trigger_id, view: modal(blocks) });
      });
      app.view('form', async ({ ack, view }) => {
        submitted.push(view.state.values);
        if (view.state.values['task']?.['value']?.value === 'wrong') {
          await ack({ response_action: 'errors', errors: { task: 'Say something else.' } });
        } else await ack();
      });
    });
    const ts = slack.say('U2', 'C1', 'look at this');
    const { failure } = await slack.shortcut('U1', { channelId: 'C1', ts }, 'start_session');
    expect(failure).toBeNull();
    const view = await slack.waitForView(({ userId }) => userId === 'U1');
    return { slack, view, submitted };
  }

  test("don't send the app an incomplete form", async () => {
    const { slack, view, submitted } = await openForm([input('task', { maxLength: 5 })]);
    expect(await slack.submit(view.id, 'U1')).toMatchObject({ kind: 'invalid' });
    slack.typeIn(view.id, { task: 'too long' });
    expect(await slack.submit(view.id, 'U1')).toMatchObject({
      kind: 'invalid',
      errors: { task: 'This field must be at most 5 characters.' },
    });
    expect(submitted).toEqual([]);
  });

  test('keep what was typed if block ids and action ids stay the same', async () => {
    const { slack, view } = await openForm([
      input('task', { initial: 'old' }),
      input('title', { initial: 'old' }),
    ]);
    slack.typeIn(view.id, { task: 'typed', title: 'typed' });
    const next = modal([input('task', { initial: 'new' }), input('renamed', { initial: 'new' })]);
    const client = clientOf(slack);
    await client.apiCall('views.update', { view_id: view.id, view: next });
    expect(slack.view(view.id).values).toEqual({
      task: { value: { type: 'plain_text_input', value: 'typed' } },
      renamed: { value: { type: 'plain_text_input', value: 'new' } },
    });
  });

  test('suggest options, and accept only those', async () => {
    const select = { type: 'external_select', action_id: 'lookup', min_query_length: 1 };
    const repo = { type: 'input', block_id: 'repo', label: plain('Repository'), element: select };
    const { slack, view } = await openForm([repo]);
    await startHttpApp(slack, (app) => {
      app.options('lookup', async ({ ack, payload }) =>
        ack({ options: [{ text: plain(`acme/${payload.value}`), value: `acme/${payload.value}` }] }),
      );
    });
    expect(() => slack.typeIn(view.id, { repo: 'acme/web' })).toThrow('does not offer');
    expect(await slack.suggest(view.id, 'repo', '')).toEqual([]);
    expect(await slack.suggest(view.id, 'repo', 'web')).toMatchObject([{ value: 'acme/web' }]);
    slack.typeIn(view.id, { repo: 'acme/web' });
    expect(slack.view(view.id).values['repo']?.['lookup']).toMatchObject({
      selected_option: { value: 'acme/web' },
    });
  });

  test.each([
    ['formatted text', { text: { type: 'mrkdwn', text: 'acme/web' } }],
    ['a long description', { description: plain('x'.repeat(76)) }],
    ['what no option has', { url: 'https://example.com' }],
  ])('show an error for a suggestion with %s', async (_what, more) => {
    const select = { type: 'external_select', action_id: 'lookup', min_query_length: 1 };
    const repo = { type: 'input', block_id: 'repo', label: plain('Repository'), element: select };
    const { slack, view } = await openForm([repo]);
    await startHttpApp(slack, (app) => {
      app.options('lookup', async ({ ack }) => {
        const option = Object.assign({ text: plain('acme/web'), value: 'web' }, more);
        await ack({ options: [option] });
      });
    });
    expect(await slack.suggest(view.id, 'repo', 'web')).toEqual([]);
    expect(slack.problems).toHaveLength(1);
  });

  test('refuse a Home in answer to a submission', async () => {
    const { slack, view } = await openForm([input('task', { initial: 'fix it' })]);
    await startHttpApp(slack, (app) => {
      app.view('form', async ({ ack }) =>
        ack({ response_action: 'update', view: { type: 'home', blocks: [] } }),
      );
    });
    expect(await slack.submit(view.id, 'U1')).toMatchObject({ kind: 'failed' });
  });

  test('refuse a view that breaks the rules', async () => {
    const { slack, view } = await openForm([input('task')]);
    const bad = { ...modal([input('task')]), title: plain('x'.repeat(25)) };
    const update = clientOf(slack).apiCall('views.update', { view_id: view.id, view: bad });
    await expect(update).rejects.toMatchObject({
      data: {
        error: 'invalid_arguments',
        response_metadata: {
          messages: ['[ERROR] must be less than 25 characters [json-pointer:/view/title/text]'],
        },
      },
    });
  });
});
