import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { sign } from '../sandbox/slack/delivery/http.ts';

export type Target = { port: number; signingSecret: string };
export type Person = { teamId: string; userId: string; channelId: string };
/** `said`: what Slack would show at once; empty when the app took the command. */
export type Answer = { status: number; sentAtMs: number; tookMs: number; said: string };

// The app closes idle connections after 5 s; a pause between two rounds may be longer.
const agent = new Agent({ keepAlive: true, maxSockets: 200, timeout: 2000 });
let count = 0;

/** One signed slash command, as Slack sends it; resolves when the app has answered. */
export async function sendCommand(target: Target, person: Person, text: string): Promise<Answer> {
  count += 1;
  const body = new URLSearchParams({
    command: '/devin',
    text,
    team_id: person.teamId,
    user_id: person.userId,
    channel_id: person.channelId,
    channel_name: 'bench',
    trigger_id: `bench.${process.pid}.${count}`,
    response_url: `http://127.0.0.1:${target.port}/nowhere`,
    api_app_id: 'A1',
  }).toString();
  return post(target, body);
}

async function post({ port, signingSecret }: Target, body: string): Promise<Answer> {
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': Buffer.byteLength(body),
    ...sign(body, signingSecret),
  };
  const sentAtMs = Date.now();
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(
      { port, host: '127.0.0.1', path: '/slack/events', method: 'POST', headers, agent },
      (response) => {
        let said = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          said += part;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, sentAtMs, tookMs: performance.now() - started, said }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

export type Pace = { perSecond: number; seconds: number };

/** At an even pace, whether the app keeps up or not. */
export async function atPace(pace: Pace, send: () => Promise<Answer>): Promise<Answer[]> {
  const answers: Promise<Answer>[] = [];
  const started = performance.now();
  for (let sent = 0; sent < pace.perSecond * pace.seconds; sent += 1) {
    const dueMs = started + (sent * 1000) / pace.perSecond;
    await new Promise((resolve) => {
      setTimeout(resolve, Math.max(0, dueMs - performance.now()));
    });
    answers.push(send());
  }
  return Promise.all(answers);
}

export type Rush = { total: number; atOnce: number };

/** Whether the app took the command: a refusal is quick, and starts nothing. */
export const isTaken = ({ said }: Answer): boolean => said === '';

export type Rushed = { acceptedPerSecond: number; refused: number };

/** As fast as the app answers, `atOnce` at a time. */
export async function rush({ total, atOnce }: Rush, send: () => Promise<Answer>): Promise<Rushed> {
  const started = performance.now();
  let [left, accepted] = [total, 0];
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      if (isTaken(await send())) accepted += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return {
    acceptedPerSecond: (accepted * 1000) / (performance.now() - started),
    refused: total - accepted,
  };
}

export function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
