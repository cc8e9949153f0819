import { expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import { createBolt, createTurns } from '../../src/slack/bolt.ts';

/** Tasks that end when they are told to. */
function tasks() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    task: (name: string) => async (): Promise<void> => {
      begun.push(name);
      await new Promise<void>((resolve) => ends.set(name, resolve));
    },
    end: (name: string): void => ends.get(name)?.(),
  };
}

test('what one person sends at once waits for itself, in order, and for nobody else', async () => {
  const { begun, task, end } = tasks();
  const takeTurn = createTurns({ atATime: 2, longestWaitMs: 60_000 });
  const sent = ['a1', 'a2', 'a3', 'a4', 'b1'].map(async (name) => takeTurn(name.charAt(0), task(name)));
  await expect.poll(() => begun).toEqual(['a1', 'a2', 'b1']);
  end('a2');
  await expect.poll(() => begun).toEqual(['a1', 'a2', 'b1', 'a3']);
  for (const name of ['a1', 'a3', 'b1']) end(name);
  await expect.poll(() => begun.at(-1)).toBe('a4');
  end('a4');
  expect(await Promise.all(sent)).toEqual([true, true, true, true, true]);
});

test('what waits too long is never begun, and the next one is', async () => {
  const { begun, task, end } = tasks();
  const takeTurn = createTurns({ atATime: 1, longestWaitMs: 1 });
  const first = takeTurn('a', task('first'));
  expect(await takeTurn('a', task('late'))).toBe(false);
  end('first');
  await first;
  const next = takeTurn('a', task('next'));
  await expect.poll(() => begun).toEqual(['first', 'next']);
  end('next');
  await next;
});

test('a task that fails gives its place to the next', async () => {
  const { begun, task, end } = tasks();
  const takeTurn = createTurns({ atATime: 1, longestWaitMs: 60_000 });
  const failing = takeTurn('a', async () => Promise.reject(new Error('no')));
  const next = takeTurn('a', task('next'));
  await expect(failing).rejects.toThrow('no');
  await expect.poll(() => begun).toEqual(['next']);
  end('next');
  await next;
});

test.each([
  ['events', (user: string) => ({ type: 'event_callback', team_id: 'T1', event: { type: 'message', user } })],
  ['commands', (user: string) => ({ command: '/devin', text: 'help', team_id: 'T1', user_id: user })],
  [
    'presses',
    (user: string) => ({ type: 'block_actions', team: { id: 'T1' }, user: { id: user }, actions: [{}] }),
  ],
])('the app handles 50 %s of a person at a time, and refuses what waits too long', async (_what, bodyOf) => {
  const bot = { botToken: 'xoxb-1', botId: 'B1', botUserId: 'UBOT', teamId: 'T1', workspaceUrl: null };
  const { app } = createBolt({
    transport: { kind: 'http', signingSecret: 'secret' },
    proxy: null,
    apiUrl: null,
    bot: () => bot,
    isOfBoth: async () => Promise.resolve(false),
    onRefused: () => undefined,
    log: createLog('silent'),
  });
  const { promise: end, resolve } = Promise.withResolvers<void>();
  const seen: unknown[] = [];
  app.use(async ({ body }) => {
    seen.push(JSON.stringify(body).includes('U1') ? 'U1' : 'U2');
    await end;
  });
  const send = async (user: string): Promise<void> =>
    app.processEvent({ body: bodyOf(user), ack: async () => Promise.resolve() });
  const held = Array.from({ length: 50 }, async () => send('U1'));
  await expect(send('U1')).rejects.toMatchObject({ code: 'listener-failed' });
  const other = send('U2');
  await expect.poll(() => seen).toContain('U2');
  resolve();
  await Promise.all([...held, other]);
  expect(seen.filter((who) => who === 'U1')).toHaveLength(50);
});
