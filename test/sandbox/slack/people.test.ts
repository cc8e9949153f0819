import { expect, test } from 'vitest';
import { clientOf, input, modal, outcomeOf, plain, startHttpApp, startSlack } from './harness.ts';

async function startWithForm(blocks: object[]) {
  const slack = await startSlack();
  const { delivery } = await slack.command('U1', 'C1', '');
  const trigger_id = String(delivery.payload['trigger_id']);
  await clientOf(slack).apiCall('views.open', { trigger_id, view: modal(blocks) });
  return { slack, view: await slack.waitForView(() => true) };
}

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
])('refuses a Home for %s', async (_what, args, code) => {
  const slack = await startSlack();
  const home = { user_id: 'U1', view: { type: 'home', blocks: [] }, ...args };
  expect(await outcomeOf(clientOf(slack).apiCall('views.publish', home))).toBe(code);
  expect(slack.home('U1')).toBeUndefined();
});
