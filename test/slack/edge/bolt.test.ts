import { describe, expect, test } from 'vitest';
import { createLog } from '../../../src/log.ts';
import { createBolt, type BoltOptions } from '../../../src/slack/edge/bolt.ts';

const BOT = { botToken: 'xoxb-1', botId: 'B1', botUserId: 'UBOT', teamId: 'T1', workspaceUrl: null };

/** The app, which handles each message until it is told to end, or to fail. */
function open(options: Partial<BoltOptions> = {}) {
  const { app } = createBolt({
    transport: { kind: 'http', signingSecret: 'secret' },
    proxy: null,
    apiUrl: null,
    bot: () => BOT,
    isOfBoth: async () => Promise.resolve(false),
    onRefused: () => undefined,
    log: createLog('silent'),
    ...options,
  });
  const begun: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  app.event('message', async ({ event }) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    ends.set(event.channel, (error) => (error === undefined ? resolve() : reject(error)));
    begun.push(event.channel);
    await promise;
  });
  return {
    app,
    begun,
    end: (name: string, error?: Error): void => ends.get(name)?.(error),
    /** A message in this channel, by the person with the first letter of its name. */
    send: async (name: string): Promise<void> => {
      const event = { type: 'message', user: name.charAt(0), channel: name, ts: '1.000001', text: 'hi' };
      const body = { type: 'event_callback', team_id: 'T1', event };
      await app.processEvent({ body, ack: async () => Promise.resolve() });
    },
  };
}

test('what one person sends at once waits for itself, in order, and for nobody else', async () => {
  const { begun, send, end } = open({ turns: { atATime: 2, longestWaitMs: 60_000 } });
  const sent = ['a1', 'a2', 'a3', 'a4', 'b1'].map(send);
  await expect.poll(() => begun).toEqual(['a1', 'a2', 'b1']);
  end('a2');
  await expect.poll(() => begun).toEqual(['a1', 'a2', 'b1', 'a3']);
  for (const name of ['a1', 'a3', 'b1']) end(name);
  await expect.poll(() => begun.at(-1)).toBe('a4');
  end('a4');
  await Promise.all(sent);
});

test('what waits too long is never begun, and the next one is', async () => {
  const { begun, send, end } = open({ turns: { atATime: 1, longestWaitMs: 1 } });
  const first = send('a1');
  await expect(send('a2')).rejects.toMatchObject({ code: 'listener-failed' });
  await expect.poll(() => begun).toEqual(['a1']);
  end('a1');
  await first;
  const next = send('a3');
  await expect.poll(() => begun).toEqual(['a1', 'a3']);
  end('a3');
  await next;
});

test('what fails gives its place to the next', async () => {
  const { begun, send, end } = open({ turns: { atATime: 1, longestWaitMs: 60_000 } });
  const failing = send('a1');
  const next = send('a2');
  await expect.poll(() => begun).toEqual(['a1']);
  end('a1', new Error('no'));
  await expect(failing).rejects.toThrow('no');
  await expect.poll(() => begun).toEqual(['a1', 'a2']);
  end('a2');
  await next;
});

test.each([
  ['events', (user: string) => ({ type: 'event_callback', team_id: 'T1', event: { type: 'message', user } })],
  ['commands', (user: string) => ({ command: '/devin', text: 'help', team_id: 'T1', user_id: user })],
  [
    'presses',
    (user: string) => ({ type: 'block_actions', team: { id: 'T1' }, user: { id: user }, actions: [{}] }),
  ],
])(
  'the app handles five %s of a person at a time, and refuses what waits too long',
  async (_what, bodyOf) => {
    const { app } = open();
    const { promise: end, resolve } = Promise.withResolvers<void>();
    const seen: unknown[] = [];
    app.use(async ({ body }) => {
      seen.push(JSON.stringify(body).includes('U1') ? 'U1' : 'U2');
      await end;
    });
    const send = async (user: string): Promise<void> =>
      app.processEvent({ body: bodyOf(user), ack: async () => Promise.resolve() });
    const held = Array.from({ length: 5 }, async () => send('U1'));
    await expect(send('U1')).rejects.toMatchObject({ code: 'listener-failed' });
    const other = send('U2');
    await expect.poll(() => seen).toContain('U2');
    resolve();
    await Promise.all([...held, other]);
    expect(seen.filter((who) => who === 'U1')).toHaveLength(5);
  },
);

describe('a press by a member of another workspace', () => {
  test.each([
    ["doesn't answer in time", async () => new Promise<never>(() => undefined)],
    ["can't say", async () => Promise.reject(new Error('no'))],
  ])('reaches no listener if Slack %s whether they are of this one, too', async (_what, isOfBoth) => {
    const { app } = open({ isOfBoth });
    const seen: unknown[] = [];
    app.use(async ({ body }) => {
      seen.push(body);
      return Promise.resolve();
    });
    const user = { id: 'U1', team_id: 'T2' };
    const body = { type: 'block_actions', team: { id: 'T1' }, user, actions: [{}] };
    const sent = app.processEvent({ body, ack: async () => Promise.resolve() });
    await expect(sent).rejects.toMatchObject({ code: 'listener-failed' });
    expect(seen).toEqual([]);
  });
});
