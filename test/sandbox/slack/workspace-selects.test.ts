import { describe, expect, test } from 'vitest';
import { checkMessage } from '../../../sandbox/slack/rules/message.ts';
import { checkView } from '../../../sandbox/slack/rules/view.ts';
import { clientOf, input, modal, plain, postAs, startHttpApp, startSlack } from './harness.ts';

const select = (type: string, more: object = {}) => ({ type, action_id: 'v', ...more });
const field = (blockId: string, element: object) => ({ ...input(blockId, { optional: true }), element });

/** A workspace with a bit of everything, and ada's modal with these inputs. */
async function startWithSelects(elements: Record<string, object>) {
  const slack = await startSlack();
  slack.addUser({ id: 'UGONE', name: 'gone', deleted: true });
  slack.addUser({ id: 'UEXT', name: 'olga', teamId: 'T0OTHER' });
  slack.addUser({ id: 'UFAR', name: 'far', teamId: 'T0OTHER' });
  slack.addUser({ id: 'UGUEST', name: 'gus', isGuest: true });
  slack.addChannel({ id: 'CPUB', name: 'random', members: ['U2'] });
  slack.addChannel({ id: 'CPRIV', name: 'plans', isPrivate: true, members: ['U1'] });
  slack.addChannel({ id: 'CHID', name: 'secret', isPrivate: true, members: ['U2'] });
  slack.addChannel({ id: 'CEXT', name: 'shared', isExternal: true, members: ['U1', 'UEXT'] });
  slack.addChannel({ id: 'COLD', name: 'old', isArchived: true, members: ['U1'] });
  slack.addChannel({ id: 'CGUEST', name: 'lobby', members: ['UGUEST', 'U2'] });
  const dm = slack.directMessages('U1');
  const { delivery } = await slack.command('U1', 'C1', '');
  const blocks = Object.entries(elements).map(([blockId, element]) => field(blockId, element));
  const trigger_id = String(delivery.payload['trigger_id']);
  await clientOf(slack).apiCall('views.open', { trigger_id, view: modal(blocks) });
  const view = await slack.waitForView(() => true);
  const offered = (blockId: string, typed = '', userId = 'U1') =>
    slack
      .lookUp({ userId, target: { viewId: view.id }, blockId, actionId: 'v', typed })
      .map(({ value }) => value);
  return { slack, view, dm, offered };
}

describe('selects of people, conversations and channels', () => {
  test('offer what the person can see', async () => {
    const { dm, offered } = await startWithSelects({
      who: select('users_select'),
      where: select('conversations_select'),
      named: select('multi_conversations_select', {
        filter: { include: ['private', 'public'], exclude_external_shared_channels: true },
      }),
      quiet: select('conversations_select', { filter: { exclude_bot_users: true } }),
      open: select('channels_select'),
    });
    expect(offered('who')).toEqual(['U0DEVINBOT', 'U1', 'U2', 'UEXT', 'UGUEST']);
    expect(offered('where')).toEqual(['C1', 'CPUB', 'CPRIV', 'CEXT', 'CGUEST', dm]);
    expect(offered('named')).toEqual(['C1', 'CPUB', 'CPRIV', 'CGUEST']);
    expect(offered('quiet')).toEqual(['C1', 'CPUB', 'CPRIV', 'CEXT', 'CGUEST']);
    expect(offered('open')).toEqual(['C1', 'CPUB', 'CEXT', 'CGUEST']);
    expect(offered('open', 'RAN')).toEqual(['CPUB']);
    expect(offered('open', '', 'UGUEST')).toEqual(['CGUEST']);
    expect(offered('who', '', 'UGUEST')).toEqual(['U0DEVINBOT', 'U2', 'UGUEST']);
  });

  test("accept an id or a name, store the id, and refuse what wasn't offered", async () => {
    const { slack, view } = await startWithSelects({
      who: select('users_select'),
      team: select('multi_users_select', { max_selected_items: 2 }),
      where: select('conversations_select'),
      places: select('multi_conversations_select', { default_to_current_conversation: true }),
      open: select('channels_select', { response_url_enabled: true }),
      channels: select('multi_channels_select', { initial_channels: ['C1'] }),
    });
    expect(view.values).toMatchObject({
      who: { v: { type: 'users_select', selected_user: null } },
      places: { v: { selected_conversations: ['C1'] } },
      channels: { v: { type: 'multi_channels_select', selected_channels: ['C1'] } },
    });
    slack.typeIn(view.id, { who: 'bob', team: ['U1', 'bob', 'UEXT'], where: 'plans', open: 'CPUB' });
    expect(view.values).toMatchObject({
      who: { v: { selected_user: 'U2' } },
      team: { v: { selected_users: ['U1', 'U2', 'UEXT'] } },
      where: { v: { selected_conversation: 'CPRIV' } },
      open: { v: { selected_channel: 'CPUB' } },
    });
    expect(() => slack.typeIn(view.id, { where: 'CHID' })).toThrow('does not offer "CHID"');
    expect(() => slack.typeIn(view.id, { who: 'UGONE' })).toThrow('does not offer "UGONE"');
    expect(await slack.submit(view.id, 'U1')).toMatchObject({ errors: { team: 'Select at most 2.' } });
    slack.typeIn(view.id, { team: ['bob'] });
    const { delivery } = await slack.submit(view.id, 'U1');
    expect(delivery?.payload['response_urls']).toMatchObject([{ block_id: 'open', channel_id: 'CPUB' }]);
  });

  test('in a message notify the app at once', async () => {
    const slack = await startSlack();
    await startHttpApp(slack, (app) => {
      app.action('v', async ({ ack }) => ack());
    });
    const blocks = [{ type: 'actions', block_id: 'a', elements: [select('users_select')] }];
    const target = { channelId: 'C1', ts: await postAs(clientOf(slack), { text: 'who?', blocks }) };
    const offered = slack.lookUp({ userId: 'U1', target, blockId: 'a', actionId: 'v', typed: 'b' });
    expect(offered).toEqual([{ text: plain('bob'), value: 'U2' }]);
    await slack.choose({ userId: 'U1', target, which: 'v', entry: 'U2' });
    expect(slack.deliveries.at(-1)?.payload['actions']).toMatchObject([
      { type: 'users_select', selected_user: 'U2' },
    ]);
  });
});

describe('the rules', () => {
  test.each([
    'users_select',
    'multi_users_select',
    'conversations_select',
    'multi_conversations_select',
    'channels_select',
    'multi_channels_select',
    'datepicker',
    'timepicker',
  ])('accept %s in a modal and in a message', (type) => {
    const elements = [select(type, { placeholder: plain('Pick') })];
    expect(checkView(modal([field('b', elements[0] ?? {})]))).toEqual([]);
    expect(checkMessage({ text: 'x', blocks: [{ type: 'actions', elements }] })).toEqual([]);
  });

  test.each([
    ['a long placeholder', { placeholder: plain('x'.repeat(151)) }, 'less than 151'],
    ['no item at most', { max_selected_items: 0 }, 'at least 1'],
    ['an empty start', { initial_users: [] }, 'no fewer than 1'],
    ['options', { options: [] }, 'invalid additional property: options'],
  ])('refuse a select of people with %s', (_what, more, violation) => {
    const view = modal([field('b', select('multi_users_select', more))]);
    expect(checkView(view).join('\n')).toContain(violation);
  });

  test('refuse a response URL outside of a modal’s inputs', () => {
    const elements = [select('channels_select', { response_url_enabled: true })];
    expect(checkMessage({ text: 'x', blocks: [{ type: 'actions', elements }] }).join()).toContain(
      'works in input blocks only',
    );
  });
});
