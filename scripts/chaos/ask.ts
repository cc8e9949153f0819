import { setTimeout as delay } from 'node:timers/promises';
import type { View } from '../../sandbox/slack/index.ts';
import { fieldBlock, SHORTCUT_ID, VIEW } from '../../src/slack/ids.ts';
import type { Attempt, Ledger } from './ledger.ts';
import type { PlannedRequest, Way } from './plan.ts';
import { until } from './until.ts';
import type { World } from './world.ts';

type Outcome = Attempt['outcome'];

type AskDeps = { world: World; ledger: Ledger; signal: AbortSignal };

/** More than a minute: a start takes seconds, and the next process can be killed, too. */
const MOST_TRIES = 16;
const PATIENCE_MS = 5000;
const MENTION_PATIENCE_MS = 20_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8000;

/** People who ask for sessions, and try again if Slack tells them that it failed. */
export function createAsking({ world, ledger, signal }: AskDeps) {
  const { slack, people, channels } = world;
  const busy = new Map<string, Promise<unknown>>();

  /** The token of the try that was accepted; null when the person gave up. */
  async function ask(request: PlannedRequest): Promise<string | null> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const token = `${request.name}${String.fromCharCode(97 + tries)}`;
      if ((await attempt(request, token)) === 'accepted') return token;
      await delay(pauseMs(tries), undefined, { signal });
    }
    return null;
  }

  async function attempt({ way, person: number, channel }: PlannedRequest, token: string): Promise<Outcome> {
    const person = at(people, number);
    const channelId = at(channels, channel);
    if (way === 'command') {
      return send({ token, way, person }, async () => {
        const { failure, message } = await slack.command(person.userId, channelId, taskOf(token));
        return failure === null && message === null
          ? 'accepted'
          : failure === null
            ? 'refused'
            : 'unanswered';
      });
    }
    if (way === 'mention') {
      return send({ token, way, person }, async () => byMention(person.userId, channelId, taskOf(token)));
    }
    // One form at a time, like a person.
    return oneByOne(person.userId, async () => byForm({ token, way, person }, channelId));
  }

  /** Slack redelivers it. */
  async function byMention(userId: string, channelId: string, task: string): Promise<Outcome> {
    const { ts } = await slack.speak(userId, channelId, `<@${slack.workspace.botUserId}> ${task}`);
    const takenAtMs = await until(() => ledger.acceptedAtMs(ts), { timeoutMs: MENTION_PATIENCE_MS, signal });
    return takenAtMs === null ? 'unanswered' : 'accepted';
  }

  async function byForm(of: Pick<Attempt, 'token' | 'way' | 'person'>, channelId: string): Promise<Outcome> {
    const view = await openForm(of.way, of.person.userId, channelId);
    if (view === null || !type(view, of.token)) return 'unanswered';
    return send(of, async () => {
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        const { kind } = await slack.submit(view.id, of.person.userId);
        // Slack keeps the form open if it got no answer, and the person submits it again.
        if (kind !== 'failed') return kind === 'closed' ? 'accepted' : 'refused';
        await delay(pauseMs(tries), undefined, { signal });
      }
      return 'unanswered';
    });
  }

  async function openForm(way: Way, userId: string, channelId: string): Promise<View | null> {
    const before = new Set(slack.views().map(({ id }) => id));
    if (way === 'form') await slack.command(userId, channelId, '');
    else {
      const ts = slack.say(userId, channelId, 'The login test fails again.');
      await slack.shortcut(userId, { channelId, ts }, SHORTCUT_ID);
    }
    const isTheForm = ({ id, userId: of, isOpen, definition }: View): boolean =>
      isOpen &&
      of === userId &&
      !before.has(id) &&
      'callback_id' in definition &&
      definition.callback_id === VIEW.form;
    return until(() => slack.views().find(isTheForm) ?? null, { timeoutMs: PATIENCE_MS, signal });
  }

  /** False: the form has no input for a task. */
  function type(view: View, token: string): boolean {
    const block = fieldBlock('prompt');
    if (!view.definition.blocks.some(({ block_id: id }) => id === block)) return false;
    slack.typeIn(view.id, { [block]: taskOf(token) });
    return true;
  }

  async function send(
    of: Pick<Attempt, 'token' | 'way' | 'person'>,
    act: () => Promise<Outcome>,
  ): Promise<Outcome> {
    const attempted: Attempt = { ...of, sentAtMs: Date.now(), outcome: 'unanswered' };
    ledger.attempts.push(attempted);
    attempted.outcome = await act();
    return attempted.outcome;
  }

  async function oneByOne<T>(userId: string, act: () => Promise<T>): Promise<T> {
    const acting = (busy.get(userId) ?? Promise.resolve()).then(act, act);
    busy.set(userId, acting);
    return acting;
  }

  return { ask };
}

const pauseMs = (tries: number): number => Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries);

export const taskOf = (token: string): string => `${token} fix the login test`;

export function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error(`There is no number ${index}.`);
  return item;
}
