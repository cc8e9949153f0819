import { describe, expect, test } from 'vitest';
import { createLog } from '../../../src/log.ts';
import { createBolt, type BoltOptions } from '../../../src/slack/edge/bolt.ts';

const BOT = { botToken: 'xoxb-1', botId: 'B1', botUserId: 'UBOT', teamId: 'T1', workspaceUrl: null };
const COMMAND = {
  command: '/devin',
  text: 'help',
  team_id: 'T1',
  channel_id: 'C1',
  trigger_id: '1.2',
  response_url: 'https://hooks.slack.com/1',
};
const PRESS = {
  type: 'block_actions',
  actions: [{ type: 'button', action_id: 'a' }],
  trigger_id: '1.2',
};

function open(isOfBoth: BoltOptions['isOfBoth'] = async () => Promise.resolve(false)) {
  return createBolt({
    transport: { kind: 'http', signingSecret: 'secret' },
    proxy: null,
    apiUrl: null,
    bot: () => BOT,
    isOfBoth,
    onRefused: () => undefined,
    log: createLog('silent'),
  });
}

test.each([
  [
    'events',
    (user: string) => ({
      type: 'event_callback',
      team_id: 'T1',
      event: { type: 'message', user, channel: 'C1', ts: '1.2' },
    }),
  ],
  ['commands', (user: string) => ({ ...COMMAND, user_id: user })],
  ['presses', (user: string) => ({ ...PRESS, team: { id: 'T1' }, user: { id: user } })],
])(
  'the app handles 50 %s of a person at once, and refuses more until one is done; others are not refused',
  async (_what, bodyOf) => {
    const { app, deliver } = open();
    const { promise: end, resolve } = Promise.withResolvers<void>();
    const seen: unknown[] = [];
    app.use(async ({ body }) => {
      seen.push(JSON.stringify(body).includes('U1') ? 'U1' : 'U2');
      await end;
    });
    const send = async (user: string) =>
      deliver({ body: bodyOf(user), retryNum: 0, answer: async () => Promise.resolve() });
    const held = Array.from({ length: 50 }, async () => send('U1'));
    expect(await send('U1')).toBe('failed');
    const other = send('U2');
    await expect.poll(() => seen).toContain('U2');
    resolve();
    await Promise.all([...held, other]);
    expect(seen.filter((who) => who === 'U1')).toHaveLength(50);
    expect(await send('U1')).not.toBe('failed');
  },
);

describe('a press by a member of another workspace', () => {
  test.each([
    ["doesn't answer in time", async () => new Promise<never>(() => undefined)],
    ["can't say", async () => Promise.reject(new Error('no'))],
  ])('reaches no listener if Slack %s whether they are of this one, too', async (_what, isOfBoth) => {
    const { app, deliver } = open(isOfBoth);
    const seen: unknown[] = [];
    app.use(async ({ body }) => {
      seen.push(body);
      return Promise.resolve();
    });
    const user = { id: 'U1', team_id: 'T2' };
    const body = { ...PRESS, team: { id: 'T1' }, user };
    const sent = deliver({ body, retryNum: 0, answer: async () => Promise.resolve() });
    expect(await sent).toBe('failed');
    expect(seen).toEqual([]);
  });
});
