import { describe, expect, test } from 'vitest';
import { readPayload } from '../../../src/slack/edge/payload.ts';
import { placeKindOf } from '../../../src/slack/edge/places.ts';

const TEAM = { id: 'T1', domain: 'acme' };
const ANA = { id: 'U1', username: 'ana', team_id: 'T1' };
const CHANNEL = { id: 'C1', name: 'general' };
const RESPONSE_URL = 'https://hooks.slack.com/actions/T1/1/x';

const COMMAND = {
  team_id: 'T1',
  user_id: 'U1',
  channel_id: 'C1',
  channel_name: 'privategroup',
  command: '/devin',
  text: 'fix it',
  trigger_id: '1.2.x',
  response_url: RESPONSE_URL,
};

const BUTTON = {
  type: 'button',
  action_id: 'details',
  block_id: 'b1',
  value: 'r1',
  action_ts: '9.1',
  text: { type: 'plain_text', text: 'Details' },
};
const PRESS = {
  type: 'block_actions',
  team: TEAM,
  user: ANA,
  channel: CHANNEL,
  container: { type: 'message', message_ts: '5.1', channel_id: 'C1', is_ephemeral: false },
  actions: [BUTTON],
  trigger_id: '1.2.x',
  response_url: RESPONSE_URL,
};
const PRESSED = {
  kind: 'press',
  teamId: 'T1',
  userId: 'U1',
  homeTeamId: 'T1',
  actionId: 'details',
  value: 'r1',
  channelId: 'C1',
  placeKind: 'public',
  messageTs: '5.1',
  threadTs: null,
  responseUrl: RESPONSE_URL,
  triggerId: '1.2.x',
  view: null,
};

const VALUES = { title: { value: { type: 'plain_text_input', value: 'Fix' } } };
const VIEW = {
  id: 'V1',
  type: 'modal',
  callback_id: 'session_form',
  private_metadata: '{"formId":"f1"}',
  state: { values: VALUES },
  title: { type: 'plain_text', text: 'Start' },
  submit: { type: 'plain_text', text: 'Go' },
  blocks: [{ type: 'divider', block_id: 'd1' }],
};
const OPEN_VIEW = {
  id: 'V1',
  metadata: '{"formId":"f1"}',
  values: VALUES,
  callbackId: 'session_form',
  title: 'Start',
  submit: 'Go',
  blocks: [{ type: 'divider', block_id: 'd1' }],
};
const SUBMISSION = { type: 'view_submission', team: TEAM, user: ANA, view: VIEW };

const SHORTCUT = {
  type: 'message_action',
  team: TEAM,
  user: ANA,
  channel: { id: 'D1', name: 'directmessage' },
  callback_id: 'start_session',
  trigger_id: '1.2.x',
  response_url: RESPONSE_URL,
  message: { type: 'message', ts: '5.1', user: 'U2', text: 'the build is red' },
};

const SEARCH = {
  type: 'block_suggestion',
  team: TEAM,
  user: ANA,
  action_id: 'lookup.playbooks',
  value: ' rel ',
  view: { private_metadata: '{"formId":"f1"}' },
};

const event = (inner: object) => ({ type: 'event_callback', team_id: 'T1', event: inner });
const MESSAGE = {
  type: 'message',
  channel: 'C1',
  channel_type: 'channel',
  user: 'U1',
  ts: '6.1',
  text: 'hi &amp; bye',
};
const WRITTEN = {
  kind: 'message',
  teamId: 'T1',
  userId: 'U1',
  channelId: 'C1',
  placeKind: 'public',
  ts: '6.1',
  threadTs: null,
  parentUserId: null,
  slackText: 'hi &amp; bye',
  message: { ts: '6.1', threadTs: null, userId: 'U1', appName: null, text: 'hi & bye', files: [] },
};

describe('a payload from Slack', () => {
  test.each([
    ['a button on the first message of a thread', { container: { message_ts: '5.1', thread_ts: '5.1' } }, {}],
    [
      'a button in a view, with an empty response URL',
      { channel: undefined, container: { type: 'view', view_id: 'V1' }, response_url: '', view: VIEW },
      { channelId: null, placeKind: null, messageTs: null, responseUrl: null, view: OPEN_VIEW },
    ],
    [
      'a person of another organization',
      { user: { id: 'U9', username: 'eve', team_id: 'T9' } },
      { userId: 'U9', homeTeamId: 'T9' },
    ],
    ['a person without a workspace', { user: { id: 'U1' } }, { homeTeamId: 'T1' }],
    [
      'a button with no more than its id and value',
      { actions: [{ type: 'button', action_id: 'details', value: 'r1' }] },
      {},
    ],
  ])('is read as a button press: %s', (_name, changes, expected) => {
    expect(readPayload({ ...PRESS, ...changes })).toEqual({ ...PRESSED, ...expected });
  });

  test('is read as a submission without what is only needed to redraw the modal', () => {
    const { id, private_metadata, callback_id, state } = VIEW;
    const view = { id, private_metadata, callback_id, state };
    expect(readPayload({ ...SUBMISSION, view })).toMatchObject({ view: { values: VALUES, blocks: [] } });
  });

  test.each([
    ["a person's message", MESSAGE, WRITTEN],
    [
      'a direct message without the kind of its channel',
      { ...MESSAGE, channel_type: undefined, channel: 'D1' },
      { placeKind: 'direct' },
    ],
    [
      'a message in a kind of channel not known here',
      { ...MESSAGE, channel_type: 'app_home' },
      { placeKind: null },
    ],
    [
      'another edit',
      {
        type: 'message',
        subtype: 'message_changed',
        channel: 'C1',
        message: { ...MESSAGE, edited: { user: 'U1', ts: '7.1' } },
        previous_message: { ...MESSAGE, edited: { user: 'U1', ts: '6.5' } },
      },
      { kind: 'edit', ts: '6.1', editedTs: '7.1' },
    ],
    [
      'a deletion that left replies',
      {
        type: 'message',
        subtype: 'message_changed',
        channel: 'C1',
        message: { subtype: 'tombstone', user: 'USLACKBOT', text: 'This message was deleted.', ts: '6.1' },
        previous_message: MESSAGE,
      },
      { kind: 'deletion', teamId: 'T1', channelId: 'C1', ts: '6.1' },
    ],
  ])('is read as an event: %s', (_name, inner, expected) => {
    expect(readPayload(event(inner))).toMatchObject(expected);
  });

  test.each([
    ['a message from an app', event({ ...MESSAGE, bot_id: 'B1' })],
    ['a message without an author', event({ ...MESSAGE, user: undefined })],
    ['a message that says who joined', event({ ...MESSAGE, subtype: 'channel_join' })],
    ['a message with an invalid time', event({ ...MESSAGE, ts: 'soon' })],
    ['a mention, which comes as a message, too', event({ ...MESSAGE, type: 'app_mention' })],
    [
      'an unfurled link',
      event({ type: 'message', subtype: 'message_changed', channel: 'C1', message: MESSAGE }),
    ],
    [
      'an unfurled link in an edited message',
      event({
        type: 'message',
        subtype: 'message_changed',
        channel: 'C1',
        message: { ...MESSAGE, edited: { user: 'U1', ts: '7.1' } },
        previous_message: { ...MESSAGE, edited: { user: 'U1', ts: '7.1' } },
      }),
    ],
    ['the other tab', event({ type: 'app_home_opened', tab: 'messages', user: 'U1', channel: 'D1' })],
    ['an unknown event', event({ type: 'emoji_changed' })],
    ['a checkbox', { ...PRESS, actions: [{ type: 'checkboxes', action_id: 'value', action_ts: '9.1' }] }],
    ['a press of a button without an id', { ...PRESS, actions: [{ ...BUTTON, action_id: '' }] }],
    ['a press without a button', { ...PRESS, actions: [] }],
  ])('is ignored: %s', (_name, body) => {
    expect(readPayload(body)).toEqual({ kind: 'ignored' });
  });

  const without = (payload: object, ...keys: string[]) =>
    Object.fromEntries(Object.entries(payload).filter(([key]) => !keys.includes(key)));

  test.each([
    ['nothing', null, 'no known type'],
    ['what no listener is for', { type: 'shortcut' }, 'no known type'],
    ['a command without a workspace', without(COMMAND, 'team_id'), 'team_id'],
    ['a command with an empty user', { ...COMMAND, user_id: '' }, 'user_id'],
    ['a press without a workspace', { ...PRESS, team: null }, 'team'],
    ['a press without a user', without(PRESS, 'user'), 'user'],
    ['a submission without a view', without(SUBMISSION, 'view'), 'view'],
    [
      'a submission with values of another shape',
      { ...SUBMISSION, view: { ...VIEW, state: [] } },
      'view.state',
    ],
    ['a shortcut on nothing', without(SHORTCUT, 'message'), 'message'],
    ['a search without a person', { ...SEARCH, user: {} }, 'user'],
    ['an event without a workspace', without(event(MESSAGE), 'team_id'), 'team_id'],
  ])('is refused: %s', (_name, body, problem) => {
    const payload = readPayload(body);
    expect(payload.kind === 'malformed' ? payload.problem : payload.kind).toContain(problem);
  });

  test('is described without what people wrote if it is refused', () => {
    expect(JSON.stringify(readPayload({ ...COMMAND, user_id: 7, text: 'a secret' }))).not.toContain('secret');
  });

  test.each([{ blocks: 'none' }, { attachments: {} }, { files: 7 }, { attachments: [{ files: 'x' }] }])(
    'keeps the words of a message with an unexpected part: %j',
    (part) => {
      expect(readPayload(event({ ...MESSAGE, ...part }))).toMatchObject({ message: { text: 'hi & bye' } });
    },
  );
});

describe('a conversation', () => {
  test.each([
    ['general', 'public'],
    ['privategroup', 'private'],
    ['mpdm-ana--ben--mei-1', 'private'],
    ['directmessage', 'direct'],
    ['', null],
  ] as const)('that a command calls "%s" is %s', (name, kind) => {
    expect(placeKindOf(name)).toBe(kind);
  });

  test.each([
    ['channel', 'public'],
    ['group', 'private'],
    ['mpim', 'private'],
    ['im', 'direct'],
  ] as const)('that an event calls %s is %s', (type, placeKind) => {
    expect(readPayload(event({ ...MESSAGE, channel_type: type }))).toMatchObject({ placeKind });
  });
});
