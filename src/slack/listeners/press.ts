import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import { z } from 'zod';
import type { SessionRequest } from '../../store/request-row.ts';
import type { Requests } from '../../store/requests.ts';
import type { Text } from '../../text/index.ts';
import { notice } from '../blocks/notices.ts';
import type { Unopened } from '../blocks/notices.ts';
import { button } from '../blocks/objects.ts';
import type { Outbound, PrivatePlace } from '../outbound.ts';
import type { Opening } from '../view-opener.ts';

export type Press = { body: BlockAction; action: ButtonAction };

/** Acknowledges, then acts: for what has to be quick and loses nothing if it fails. */
export function onButton(app: App, actionId: string, handle: (press: Press) => Promise<void>): void {
  app.action({ action_id: actionId, type: 'block_actions' }, async ({ ack, body, action }) => {
    await ack();
    if (action.type === 'button') await handle({ body, action });
  });
}

/** Writes down what was asked for, then acknowledges: what was acknowledged is not lost. */
export function onDurableButton(
  app: App,
  actionId: string | RegExp,
  handle: (press: Press) => Promise<void>,
): void {
  app.action({ action_id: actionId, type: 'block_actions' }, async ({ ack, body, action }) => {
    if (action.type === 'button') await handle({ body, action });
    await ack();
  });
}

type PressDeps = {
  requests: Pick<Requests, 'find'>;
  outbound: Pick<Outbound, 'tellPrivately'>;
  text: Text;
};

/** The request of a card; null for people of other workspaces, who can click in a shared channel and are told so. */
export function createPressedRequest({ requests, outbound, text }: PressDeps) {
  return async ({ body, action }: Press): Promise<SessionRequest | null> => {
    const request = await requests.find(action.value ?? '');
    if (request === null || request.team_id === body.user.team_id) return request;
    await outbound.tellPrivately(privatePlace(body), notice([text.steering.outsider]));
    return null;
  };
}

/** In a thread, where its response URL answers beside the thread; else by that. */
export function privatePlace(body: BlockAction): PrivatePlace {
  const threadTs = threadOf(body);
  return {
    userId: body.user.id,
    channelId: body.channel?.id ?? null,
    threadTs,
    // A press in the App Home comes without one, whatever the type says.
    responseUrl: threadTs === null ? body.response_url || null : null,
  };
}

const replySchema = z.looseObject({ message_ts: z.string(), thread_ts: z.string() });

/** null: what was pressed stands in no thread, or begins one. */
function threadOf({ container }: BlockAction): string | null {
  const { data } = replySchema.safeParse(container);
  return data === undefined || data.thread_ts === data.message_ts ? null : data.thread_ts;
}

/** For what the press opens: a press of the same button, on the notice, does it again. */
export function openingOf({ body, action }: Press, what: Unopened): Opening {
  const again = button(action.action_id, action.text.text, action.value ?? '');
  return { what, place: privatePlace(body), again };
}
