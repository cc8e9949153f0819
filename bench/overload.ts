import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { LocalSession } from '../sandbox/devin/index.ts';
import { quantile, sendCommand, type Person } from './load.ts';
import { runProgram, type Running } from './process.ts';
import { mb, ms, printRow } from './table.ts';
import { nth, openWorld, type World } from './world.ts';

const PEOPLE = 200;
const CHANNELS = 60;
const SESSIONS = 200;
/** A second: sessions that use something, and sessions that say something. */
const CHANGING = 5;
const SPEAKING = 1;
const LAST_WAIT_MS = 60_000;
const SAMPLE_S = 30;

/** A session in the thread of its card. */
type Thread = { person: Person; sessionId: string; threadTs: string };

async function startSessions(world: World, app: Running, people: readonly Person[]): Promise<Thread[]> {
  const { slack, devin } = world;
  const { signingSecret } = slack.workspace;
  const threads: Thread[] = [];
  for (let at = 0; at < SESSIONS; at += 10)
    threads.push(
      ...(await Promise.all(
        people.slice(at, at + 10).map(async (person, index) => {
          const prompt = `fix the flaky login test in part ${at + index}.`;
          await sendCommand({ port: app.port, signingSecret }, person, prompt);
          const session = await devin.waitForSession(({ request }) => request.prompt.startsWith(prompt), {
            timeoutMs: LAST_WAIT_MS,
          });
          const shown = ({ text }: { text: string }): boolean => text.includes(session.url);
          const card = await slack.waitForMessage(person.channelId, shown, { timeoutMs: LAST_WAIT_MS });
          devin.advance(session.id, { status: 'running' });
          return { person, sessionId: session.id, threadTs: card.ts };
        }),
      )),
    );
  return threads;
}

type Numbers = { repliedMs: number[]; createdMs: number[]; refused: number; late: number; samples: string[] };

/** A request and a reply a second, while the sessions work. */
async function load(world: World, app: Running, minutes: number): Promise<Numbers> {
  const { slack, devin } = world;
  const { signingSecret } = slack.workspace;
  const { persons: people } = world;
  const threads = await startSessions(world, app, people);
  const numbers: Numbers = { repliedMs: [], createdMs: [], refused: 0, late: 0, samples: [] };
  const waiting = new Set<Promise<void>>();
  const timed = (into: number[], session: (one: LocalSession) => boolean): void => {
    const startedMs = performance.now();
    const wait: Promise<void> = devin
      .waitForSession(session, { timeoutMs: minutes * 60_000 + LAST_WAIT_MS })
      .then(
        () => void into.push(performance.now() - startedMs),
        () => void (numbers.late += 1),
      )
      .finally(() => waiting.delete(wait));
    waiting.add(wait);
  };
  const startedMs = performance.now();
  for (let second = 0; second < minutes * 60; second += 1) {
    await delay(Math.max(0, startedMs + second * 1000 - performance.now()));
    const [asking, thread] = [nth(people, second), nth(threads, second * 7)];
    const prompt = `fix the flaky checkout test of build ${second}.`;
    timed(numbers.createdMs, ({ request }) => request.prompt.startsWith(prompt));
    void sendCommand({ port: app.port, signingSecret }, asking, prompt).then(({ said }) => {
      if (said !== '') numbers.refused += 1;
    });
    const words = `reply ${second}`;
    timed(
      numbers.repliedMs,
      ({ id, messages }) => id === thread.sessionId && messages.some(({ message }) => message === words),
    );
    const { userId, channelId } = thread.person;
    void slack.speak(userId, channelId, words, { threadTs: thread.threadTs });
    for (let at = 0; at < CHANGING; at += 1)
      devin.advance(threads[(second * 11 + at * 40) % SESSIONS]?.sessionId ?? '', {
        acus: second / 10,
        ...(at < SPEAKING && { message: `step ${second}` }),
      });
    if (second % SAMPLE_S === 0)
      numbers.samples.push(`${second} s: ${mb(app.rssMb())}, ${waiting.size} on their way`);
  }
  await Promise.race([Promise.all(waiting), delay(LAST_WAIT_MS)]);
  return { ...numbers, late: numbers.late + waiting.size };
}

/** Whether the app keeps up, on a disk that takes 10 ms to flush. */
export async function measureOverload(minutes: number): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'devin-slack-bench-'));
  const world = await openWorld({ rateLimits: 'slack', people: PEOPLE, channels: CHANNELS });
  const app = await runProgram('bench/slow-main.ts', {
    ...world.environment,
    DATA_DIR: dataDir,
    SECRETS_KEY: randomBytes(32).toString('base64'),
  });
  world.slack.connectHttp(`http://127.0.0.1:${app.port}/slack/events`);
  const { repliedMs, createdMs, refused, late, samples } = await load(world, app, minutes);
  const cpuS = await app.metric('process_cpu_seconds_total');
  printRow([`\n${SESSIONS} working sessions, ${minutes} minutes`, '', 'aim']);
  printRow(['reply in the thread -> POST, p50', ms(quantile(repliedMs, 0.5)), '']);
  printRow(['   p99', ms(quantile(repliedMs, 0.99)), '<= 10000 ms']);
  printRow(['   slowest', ms(quantile(repliedMs, 1)), '']);
  printRow(['request -> POST at Devin, p50', ms(quantile(createdMs, 0.5)), '']);
  printRow(['   p99', ms(quantile(createdMs, 0.99)), '']);
  printRow(['not at Devin a minute after the end', String(late), '0']);
  printRow(['refused', String(refused), '0']);
  printRow(['CPU', `${cpuS.toFixed(0)} s`, '']);
  for (const sample of samples) console.log(`   ${sample}`);
  await app.stop();
  await world.close();
  await rm(dataDir, { recursive: true, force: true });
}
