import { describe, expect, test } from 'vitest';
import { clientOf, outcomeOf, postAs, startSlack } from './harness.ts';

describe('tokens and scopes', () => {
  test('refuses unknown tokens, wrong kinds of token and missing scopes', async () => {
    const slack = await startSlack({ withoutScopes: ['chat:write'] });
    const client = clientOf(slack);
    expect(await outcomeOf(clientOf(slack, 'xoxb-other').auth.test())).toBe('invalid_auth');
    expect(await outcomeOf(client.apps.connections.open())).toBe('not_allowed_token_type');
    expect(await outcomeOf(clientOf(slack, slack.workspace.appToken).auth.test())).toBe(
      'not_allowed_token_type',
    );
    expect(await outcomeOf(postAs(client, { text: 'x' }))).toBe('missing_scope');
    expect(await outcomeOf(client.auth.test())).toBe('ok');
  });

  test('says which scope is needed and which are granted', async () => {
    const slack = await startSlack({ withoutScopes: ['chat:write'] });
    const provided = [...slack.workspace.scopes].join(',');
    await expect(postAs(clientOf(slack), { text: 'x' })).rejects.toMatchObject({
      data: { error: 'missing_scope', needed: 'chat:write', provided },
    });
  });

  test('returns email addresses only with the scope for them', async () => {
    const open = await startSlack();
    const closed = await startSlack({ withoutScopes: ['users:read.email'] });
    expect((await clientOf(open).users.info({ user: 'U1' })).user?.profile?.email).toBe('ada@example.com');
    expect((await clientOf(closed).users.info({ user: 'U1' })).user?.profile?.email).toBeUndefined();
    expect(await outcomeOf(clientOf(open).users.info({ user: 'U404' }))).toBe('user_not_found');
  });

  test('finds people by address with the scope for that', async () => {
    const slack = await startSlack();
    slack.addUser({ name: 'left', email: 'left@example.com', deleted: true });
    const { users } = clientOf(slack);
    expect((await users.lookupByEmail({ email: 'Ada@Example.com' })).user?.id).toBe('U1');
    for (const email of ['left@example.com', 'nobody@example.com'])
      expect(await outcomeOf(users.lookupByEmail({ email }))).toBe('users_not_found');
    const closed = clientOf(await startSlack({ withoutScopes: ['users:read.email'] }));
    expect(await outcomeOf(closed.users.lookupByEmail({ email: 'ada@example.com' }))).toBe('missing_scope');
  });

  test('refuses an unknown method and reports it', async () => {
    const slack = await startSlack();
    expect(await outcomeOf(clientOf(slack).apiCall('chat.shout'))).toBe('unknown_method');
    expect(slack.problems.join()).toContain('chat.shout: unknown_method');
  });
});

describe('conversations', () => {
  test('hides private conversations, and lets only members read public ones', async () => {
    const slack = await startSlack();
    const client = clientOf(slack);
    slack.addChannel({ id: 'CPRIV', name: 'secret', isPrivate: true, members: ['U1'], botIsMember: false });
    slack.addChannel({ id: 'CPUB', name: 'random', members: ['U1'], botIsMember: false });
    slack.addChannel({ id: 'DM', name: 'dm', isDm: true, members: ['U1', 'U2'] });
    slack.addChannel({ id: 'CARCH', name: 'old', isArchived: true, members: ['U1'] });
    const post = async (channel: string) => outcomeOf(postAs(client, { channel, text: 'x' }));
    expect(await post('CPRIV')).toBe('channel_not_found');
    expect(await post('DM')).toBe('channel_not_found');
    expect(await post('CPUB')).toBe('not_in_channel');
    expect(await post('CARCH')).toBe('is_archived');
    const reaction = { channel: 'CARCH', timestamp: slack.say('U1', 'CARCH', 'hello'), name: 'eyes' };
    expect(await outcomeOf(client.reactions.add(reaction))).toBe('is_archived');
    expect(await post('C404')).toBe('channel_not_found');
    expect(await outcomeOf(client.conversations.history({ channel: 'CPUB' }))).toBe('not_in_channel');
    expect(await outcomeOf(client.conversations.info({ channel: 'CPUB' }))).toBe('ok');
  });

  test('reads a thread in pages, in order, and refuses an unknown one', async () => {
    const slack = await startSlack();
    const client = clientOf(slack);
    const parent = slack.say('U1', 'C1', 'parent');
    const replies = ['a', 'b', 'c'].map((text) => slack.say('U2', 'C1', text, { threadTs: parent }));
    const first = await client.conversations.replies({ channel: 'C1', ts: parent, limit: 3 });
    const cursor = first.response_metadata?.next_cursor ?? '';
    const second = await client.conversations.replies({ channel: 'C1', ts: parent, limit: 3, cursor });
    const seen = [...(first.messages ?? []), ...(second.messages ?? [])].map(({ ts }) => ts);
    expect(seen).toEqual([parent, ...replies]);
    expect(first.messages?.[0]).toMatchObject({ reply_count: 3, latest_reply: replies[2] });
    expect(second.has_more).toBe(false);
    expect(await outcomeOf(client.conversations.history({ channel: 'C1', limit: 1000 }))).toBe(
      'invalid_arguments',
    );
    expect(await outcomeOf(client.conversations.replies({ channel: 'C1', ts: '1.000001' }))).toBe(
      'thread_not_found',
    );
  });

  test('returns metadata only on request, and no ephemeral messages', async () => {
    const slack = await startSlack();
    const client = clientOf(slack);
    const metadata = { event_type: 'devin_session', event_payload: { request_id: 'r1' } };
    await postAs(client, { text: 'card', metadata });
    await client.chat.postEphemeral({ channel: 'C1', user: 'U1', text: 'psst' });
    const { messages } = await client.conversations.history({ channel: 'C1', include_all_metadata: true });
    expect(messages).toHaveLength(1);
    expect(messages?.[0]).toMatchObject({ text: 'card', metadata });
    const bare = await client.conversations.history({ channel: 'C1' });
    expect(bare.messages?.[0]?.metadata).toBeUndefined();
    expect(slack.messages('C1').map(({ ephemeralFor }) => ephemeralFor)).toEqual([null, 'U1']);
  });
});

describe('messages', () => {
  test('refuses invalid blocks and says where', async () => {
    const slack = await startSlack();
    const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3001) } }];
    await expect(postAs(clientOf(slack), { text: 'x', blocks })).rejects.toMatchObject({
      data: {
        error: 'invalid_blocks',
        response_metadata: {
          messages: ['[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
        },
      },
    });
  });

  test.each([
    ['no_text', { text: ' ' }],
    ['msg_too_long', { text: 'x'.repeat(40_001) }],
    ['thread_not_found', { text: 'x', thread_ts: '1.000001' }],
  ])('refuses with %s', async (code, message) => {
    const slack = await startSlack();
    expect(await outcomeOf(postAs(clientOf(slack), { ...message }))).toBe(code);
  });

  test("updates only the app's own messages, up to 4,000 characters, and keeps metadata", async () => {
    const slack = await startSlack();
    const client = clientOf(slack);
    const metadata = { event_type: 'e', event_payload: {} };
    const blocks = [{ type: 'divider' }];
    const ts = await postAs(client, { text: 'one', blocks, metadata });
    await client.chat.update({ channel: 'C1', ts, text: 'two' });
    expect(slack.messages('C1')[0]).toMatchObject({ text: 'two', blocks: [], metadata });
    const long = client.chat.update({ channel: 'C1', ts, text: 'x'.repeat(4001) });
    expect(await outcomeOf(long)).toBe('msg_too_long');
    const theirs = slack.say('U1', 'C1', 'mine');
    expect(await outcomeOf(client.chat.update({ channel: 'C1', ts: theirs, text: 'x' }))).toBe(
      'cant_update_message',
    );
    const whisper = await client.chat.postEphemeral({ channel: 'C1', user: 'U1', text: 'psst' });
    const onWhisper = client.chat.update({ channel: 'C1', ts: whisper.message_ts ?? '', text: 'x' });
    expect(await outcomeOf(onWhisper)).toBe('message_not_found');
  });

  test('reports what Slack accepts but people would notice', async () => {
    const slack = await startSlack();
    const client = clientOf(slack);
    await postAs(client, { text: 'hey <!channel>' });
    await client.apiCall('chat.postMessage', { channel: 'C1', blocks: [{ type: 'divider' }] });
    expect(slack.problems).toEqual([
      'a message pings a whole channel',
      'a message has blocks but no text for notifications',
    ]);
  });

  test('shows an ephemeral message in a thread only if the thread has a reply', async () => {
    const slack = await startSlack();
    const client = clientOf(slack);
    const threadTs = slack.say('U1', 'C1', 'broken');
    const whisper = { channel: 'C1', user: 'U1', text: 'psst', thread_ts: threadTs };
    await client.chat.postEphemeral(whisper);
    expect(slack.messages('C1')).toHaveLength(1);
    expect(slack.problems).toEqual([expect.stringContaining('no replies')]);
    slack.say('U1', 'C1', 'again', { threadTs });
    await client.chat.postEphemeral(whisper);
    expect(slack.messages('C1').at(-1)).toMatchObject({ threadTs, ephemeralFor: 'U1' });
  });

  test('posts ephemeral messages only to people in the channel', async () => {
    const slack = await startSlack();
    slack.addUser({ id: 'U3', name: 'eve' });
    const whisper = clientOf(slack).chat.postEphemeral({ channel: 'C1', user: 'U3', text: 'psst' });
    expect(await outcomeOf(whisper)).toBe('user_not_in_channel');
  });
});

describe('files', () => {
  test('serves a file to the bot and a sign-in page to everyone else', async () => {
    const slack = await startSlack();
    const id = slack.addFile({ name: 'log.txt', mimetype: 'text/plain', content: 'boom', owner: 'U1' });
    const { file } = await clientOf(slack).files.info({ file: id });
    const url = file?.url_private ?? '';
    const authorization = `Bearer ${slack.workspace.botToken}`;
    expect(await (await fetch(url, { headers: { authorization } })).text()).toBe('boom');
    const stranger = await fetch(url);
    expect(stranger.status).toBe(200);
    expect(stranger.headers.get('content-type')).toContain('text/html');
  });

  test('refuses an upload of another length, and to share in a channel that the bot is not in', async () => {
    const slack = await startSlack();
    slack.addChannel({ id: 'C2', name: 'other', members: ['U1'], botIsMember: false });
    const { files } = clientOf(slack);
    const { upload_url: url = '', file_id: id = '' } = await files.getUploadURLExternal({
      filename: 'ja.txt',
      length: '日本'.length,
    });
    expect((await fetch(url, { method: 'POST', body: '日本' })).status).toBe(400);
    expect(slack.problems).toEqual(['an upload of 6 bytes instead of 2']);
    const share = async (channel: string) =>
      outcomeOf(files.completeUploadExternal({ files: [{ id }], channel_id: channel }));
    expect(await share('C1')).toBe('file_not_found');
    expect((await fetch(url, { method: 'POST', body: 'ja' })).status).toBe(200);
    expect(await share('C2')).toBe('not_in_channel');
    expect(
      await outcomeOf(files.completeUploadExternal({ files: [{ id }], channel_id: 'C1', thread_ts: '1.1' })),
    ).toBe('thread_not_found');
    expect(await share('C1')).toBe('ok');
  });
});

test("people's messages come as text and as rich text", async () => {
  const slack = await startSlack();
  slack.say('U1', 'C1', 'ask <@U2> about <https://example.com/?a=1&amp;b=2|this> &lt;now&gt;');
  const { messages } = await clientOf(slack).conversations.history({ channel: 'C1' });
  expect(messages?.[0]?.blocks).toMatchObject([
    {
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_section',
          elements: [
            { type: 'text', text: 'ask ' },
            { type: 'user', user_id: 'U2' },
            { type: 'text', text: ' about ' },
            { type: 'link', url: 'https://example.com/?a=1&b=2' },
            { type: 'text', text: ' <now>' },
          ],
        },
      ],
    },
  ]);
});
