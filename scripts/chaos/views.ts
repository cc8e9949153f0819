import { setTimeout as delay } from 'node:timers/promises';
import type { View } from '../../sandbox/slack/index.ts';
import { en } from '../../src/text/en.ts';
import type { Attempt } from './ledger.ts';
import { until } from './until.ts';
import type { World } from './world.ts';

const OPENS_WITHIN_MS = 5000;
/** More than a minute: a start takes seconds, and the next process can be killed, too. */
export const MOST_TRIES = 16;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8000;

export const pauseMs = (tries: number): number => Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries);

/** What people do with forms and dialogs. */
export function createViews({ slack }: Pick<World, 'slack'>, signal: AbortSignal) {
  const busy = new Map<string, Promise<unknown>>();

  const says = (viewId: string, sentence: string): boolean =>
    Object.values(slack.view(viewId).errors).includes(sentence) ||
    slack.renderText(viewId).includes(sentence);
  /** The first try was saved, although Slack got no answer. */
  const wasTaken = (viewId: string): boolean => says(viewId, en.modal.sentBefore);
  const isUncertain = (viewId: string): boolean => says(viewId, en.command.notConfirmed.problem);

  return {
    /** The view of this kind that the act opens for the person; null: it didn't. */
    async open(userId: string, callbackId: string, act: () => Promise<unknown>): Promise<View | null> {
      const before = new Set(slack.views().map(({ id }) => id));
      const isIt = ({ id, userId: of, isOpen, definition }: View): boolean =>
        isOpen && of === userId && !before.has(id) && definition.callback_id === callbackId;
      await act();
      return until(() => slack.views().find(isIt) ?? null, { timeoutMs: OPENS_WITHIN_MS, signal });
    },

    async submit({ id }: View, userId: string): Promise<Attempt['outcome']> {
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        const { kind } = await slack.submit(id, userId);
        if (kind === 'invalid') throw new Error(`${id} isn't filled in.`);
        if (kind === 'closed' || wasTaken(id)) return 'accepted';
        // The form stays open if Slack got no answer, or an uncertain one, and the person submits it again.
        if (kind !== 'failed' && !isUncertain(id)) return 'refused';
        await delay(pauseMs(tries), undefined, { signal });
      }
      return 'unanswered';
    },

    /** One at a time, like a person. */
    async oneByOne<T>(userId: string, act: () => Promise<T>): Promise<T> {
      const acting = (busy.get(userId) ?? Promise.resolve()).then(act, act);
      busy.set(userId, acting);
      return acting;
    },
  };
}
