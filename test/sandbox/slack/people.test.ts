import { expect, test } from 'vitest';
import { clientOf, input, modal, outcomeOf, plain, startHttpApp, startSlack } from './harness.ts';

const option = (value: string) => ({ text: plain(value.toUpperCase()), value });

async function startWithForm(blocks: object[]) {
  const slack = await startSlack();
  const { delivery } = await slack.command('U1', 'C1', '');
  const trigger_id = String(delivery.payload['trigger_id']);
  await clientOf(slack).apiCall('views.open', { trigger_id, view: modal(blocks) });
  return { slack, view: await slack.waitForView(() => true) };
}

test('stores what a person enters in Slack’s format', async () => {
  const elements = {
    mode: { type: 'static_select', action_id: 'v', options: [option('fast'), option('lite')] },
    flags: { type: 'checkboxes', action_id: 'v', options: [option('a'), option('b')] },
    cap: { type: 'number_input', action_id: 'v', is_decimal_allowed: false },
    files: { type: 'file_input', action_id: 'v' },
  };
  const blocks = Object.entries(elements).map(([block_id, element]) => ({ ...input(block_id), element }));
  const { slack, view } = await startWithForm(blocks);
  expect(view.values['flags']?.['v']).toEqual({ type: 'checkboxes', selected_options: [] });
  const file = slack.addFile({ name: 'log.txt', mimetype: 'text/plain', content: 'boom', owner: 'U1' });
  slack.typeIn(view.id, { mode: 'FAST', flags: ['a', 'B'], cap: '10', files: [file] });
  expect(view.values).toMatchObject({
    mode: { v: { type: 'static_select', selected_option: option('fast') } },
    flags: { v: { selected_options: [option('a'), option('b')] } },
    cap: { v: { type: 'number_input', value: '10' } },
    files: { v: { type: 'file_input', files: [{ id: file, name: 'log.txt' }] } },
  });
  expect(() => slack.typeIn(view.id, { mode: 'ultra' })).toThrow('does not offer "ultra"');
  slack.typeIn(view.id, { mode: null, cap: '1.5' });
  expect(await slack.submit(view.id, 'U1')).toMatchObject({
    kind: 'invalid',
    errors: { mode: 'Please complete this required field.', cap: 'Please enter a whole number.' },
  });
});

test('stacks at most three views, and a button opens the next', async () => {
  const button = { type: 'button', action_id: 'deeper', text: plain('Deeper') };
  const blocks = [{ type: 'actions', block_id: 'a', elements: [button] }];
  const { slack, view } = await startWithForm(blocks);
  const outcomes: string[] = [];
  await startHttpApp(slack, (app) => {
    app.action('deeper', async ({ ack, body, client }) => {
      const trigger_id = 'trigger_id' in body ? body.trigger_id : '';
      outcomes.push(await outcomeOf(client.apiCall('views.push', { trigger_id, view: modal(blocks) })));
      await ack();
    });
  });
  for (let depth = 1; depth <= 3; depth += 1) {
    const top = slack.openViewOf('U1') ?? view;
    await slack.clickButton('U1', { viewId: top.id }, 'Deeper');
  }
  expect(outcomes).toEqual(['ok', 'ok', 'push_limit_reached']);
  expect(slack.openViewOf('U1')?.rootId).toBe(view.id);
});

test("refuses errors for a block that isn't an input, as Slack does", async () => {
  const { slack, view } = await startWithForm([input('task', { initial: 'x' })]);
  await startHttpApp(slack, (app) => {
    app.view('form', async ({ ack }) => ack({ response_action: 'errors', errors: { nowhere: 'no' } }));
  });
  expect(await slack.submit(view.id, 'U1')).toMatchObject({ kind: 'failed' });
  expect(slack.problems.join()).toContain('nowhere');
});

test("replaces a person's Home tab", async () => {
  const slack = await startSlack();
  const publish = async (text: string) =>
    clientOf(slack).apiCall('views.publish', {
      user_id: 'U1',
      view: { type: 'home', blocks: [{ type: 'header', text: plain(text) }] },
    });
  await publish('one');
  const first = slack.home('U1')?.id;
  await publish('two');
  expect(slack.home('U1')?.id).toBe(first);
  expect(slack.renderText(first ?? '')).toBe('TWO');
  expect(slack.views()).toEqual([]);
});

test.each([
  ['an unknown person', { user_id: 'U404' }, 'invalid_arguments'],
  ['a modal', { view: modal([input('task')]) }, 'invalid_arguments'],
  ['a view without blocks', { view: { type: 'home' } }, 'invalid_arguments'],
  [
    'what only modals have',
    { view: { type: 'home', title: plain('Home'), blocks: [] } },
    'invalid_arguments',
  ],
  [
    '101 blocks',
    { view: { type: 'home', blocks: Array.from({ length: 101 }, () => ({ type: 'divider' })) } },
    'invalid_arguments',
  ],
  ['an outdated hash', { hash: '1.abc' }, 'hash_conflict'],
])('refuses a Home for %s', async (_what, args, code) => {
  const slack = await startSlack();
  const home = { user_id: 'U1', view: { type: 'home', blocks: [] }, ...args };
  expect(await outcomeOf(clientOf(slack).apiCall('views.publish', home))).toBe(code);
  expect(slack.home('U1')).toBeUndefined();
});

test('tells the app which button in Home was pressed, and lets it open a modal', async () => {
  const slack = await startSlack();
  await startHttpApp(slack, (app) => {
    app.action('go', async ({ ack, body, client }) => {
      const trigger_id = 'trigger_id' in body ? body.trigger_id : '';
      await ack();
      await client.apiCall('views.open', { trigger_id, view: modal([input('task')]) });
    });
  });
  const line = (block_id: string, value: string) => ({
    type: 'section',
    block_id,
    text: plain(value),
    accessory: { type: 'button', action_id: 'go', text: plain('Go'), value },
  });
  const view = { type: 'home', private_metadata: 'm', blocks: [line('a', 'first'), line('b', 'second')] };
  await clientOf(slack).apiCall('views.publish', { user_id: 'U1', view });
  const viewId = slack.home('U1')?.id ?? '';
  await expect(slack.clickButton('U1', { viewId }, 'go')).rejects.toThrow('Several elements');
  await slack.clickButton('U1', { viewId }, 'b/go');
  const { payload } = slack.deliveries.at(-1) ?? { payload: {} };
  expect(payload).toMatchObject({
    container: { type: 'view', view_id: viewId },
    view: { id: viewId, type: 'home', private_metadata: 'm' },
    actions: [{ action_id: 'go', block_id: 'b', value: 'second' }],
  });
  expect(payload).not.toHaveProperty('channel');
  expect(payload).not.toHaveProperty('response_url');
  expect((await slack.waitForView(({ userId }) => userId === 'U1')).definition.type).toBe('modal');
});

test('tells the app which tab was opened, with the current Home', async () => {
  const slack = await startSlack();
  await startHttpApp(slack, () => undefined);
  const opened = async (tab?: 'home' | 'messages') => (await slack.openHome('U1', tab)).payload['event'];
  expect(await opened()).not.toHaveProperty('view');
  const view = { type: 'home', blocks: [{ type: 'divider' }] };
  await clientOf(slack).apiCall('views.publish', { user_id: 'U1', view });
  const channel = slack.directMessages('U1');
  expect(await opened()).toMatchObject({ tab: 'home', channel, view: { id: slack.home('U1')?.id } });
  expect(await opened('messages')).not.toHaveProperty('view');
});
