import { setTimeout as delay } from 'node:timers/promises';
import type { View } from '../../sandbox/slack/index.ts';
import { fieldBlock, SHORTCUT_ID, VIEW } from '../../src/slack/edge/ids.ts';
import { en } from '../../src/text/en.ts';
import type { Attempt, Ledger } from './ledger.ts';
import type { PlannedRequest, Way } from './plan.ts';
import { until } from './until.ts';
import { createViews, MOST_TRIES, pauseMs } from './views.ts';
import type { World } from './world.ts';

type Outcome = Attempt['outcome'];

type AskDeps = { world: World; ledger: Ledger; signal: AbortSignal };

const MENTION_PATIENCE_MS = 20_000;

/** People who ask for sessions, and try again if Slack tells them that it failed. */
export function createAsking({ world, ledger, signal }: AskDeps) {
  const { slack, people, channels } = world;
  const views = createViews(world, signal);

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
        if (failure !== null) return 'unanswered';
        if (message === null) return 'accepted';
        const isUncertain = slack.renderText(message).includes(en.command.notConfirmed.title);
        return isUncertain ? 'unanswered' : 'refused';
      });
    }
    if (way === 'mention') {
      return send({ token, way, person }, async () => byMention(person.userId, channelId, taskOf(token)));
    }
    return views.oneByOne(person.userId, async () => byForm({ token, way, person }, channelId));
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
    return send(of, async () => views.submit(view, of.person.userId));
  }

  async function openForm(way: Way, userId: string, channelId: string): Promise<View | null> {
    return views.open(userId, VIEW.form, async () => {
      if (way === 'form') return slack.command(userId, channelId, '');
      const ts = slack.say(userId, channelId, 'The login test fails again.');
      return slack.shortcut(userId, { channelId, ts }, SHORTCUT_ID);
    });
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

  return { ask };
}

const taskOf = (token: string): string => `${token} fix the login test`;

export function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error(`There is no number ${index}.`);
  return item;
}
