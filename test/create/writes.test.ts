import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { addColleague } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

const folder = await mkdtemp(join(tmpdir(), 'devin-slack-trace-'));
const file = join(folder, 'orders');
process.env['TRACED_DATABASE'] = file;
afterAll(async () => rm(folder, { recursive: true }));

const world = useWorld({
  database: 'embedded',
  overrides: { databaseProgram: new URL('../support/traced-database.ts', import.meta.url) },
});

const orderSchema = z.object({ do: z.string(), sql: z.string().default('') });
type Order = z.infer<typeof orderSchema>;

/** Statements of the watcher, the workers and the leases, which run whatever people do. */
const ROUTINE = /next_look_at"? <=|select queue\.name|with mine as/;

async function readOrders(): Promise<Order[]> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => orderSchema.parse(JSON.parse(line))).filter(({ sql }) => !ROUTINE.test(sql));
}

/** Their number once everything from the last request is done. */
async function quiet(): Promise<number> {
  let before = 0;
  const isSame = async (): Promise<boolean> => {
    const was = before;
    before = (await readOrders()).length;
    return before === was;
  };
  await expect.poll(isSame, { interval: 1500, timeout: 20_000 }).toBe(true);
  return before;
}

/** Until the card is sent to Slack. */
function untilCard(orders: Order[]): Order[] {
  const attempt = orders.findIndex(({ sql }) => /^\s*insert into shown\b/.test(sql));
  const synced = orders.findIndex((order, at) => at > attempt && order.do === 'fsync');
  expect(attempt).toBeGreaterThan(0);
  return orders.slice(0, synced + 1);
}

test('a command takes few statements and disk writes until its card is posted', async () => {
  const { slack, devin } = world();
  const ana = addColleague({ slack, devin });
  const channelId = slack.addChannel({ name: 'writes', members: [ana.userId] });
  const ask = async (task: string) => {
    await slack.command(ana.userId, channelId, task);
    const session = await devin.waitForSession(({ request }) => request.prompt === task);
    await slack.waitForMessage(channelId, ({ text }) => text.includes(session.url));
  };
  await ask('find out who asks');
  // On a busy machine, what goes on by itself may come between.
  const counts = [];
  for (const task of ['fix the flaky login test', 'make the import faster', 'describe each setting']) {
    const before = await quiet();
    await ask(task);
    const orders = untilCard((await readOrders()).slice(before));
    const statements = orders.filter((order) => order.do === 'query' || order.do === 'exec').length;
    // Each commit is one.
    counts.push({ statements, commits: orders.filter((order) => order.do === 'fsync').length });
  }
  expect(Math.min(...counts.map(({ statements }) => statements))).toBeLessThanOrEqual(26);
  expect(Math.min(...counts.map(({ commits }) => commits))).toBeLessThanOrEqual(5);
});
