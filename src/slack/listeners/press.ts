import type { App, BlockAction, ButtonAction, OverflowAction } from '@slack/bolt';
import { z } from 'zod';
import type { SessionRequest } from '../../store/request-row.ts';
import type { Requests } from '../../store/requests.ts';
import type { Sessions } from '../../store/sessions.ts';
import { notice } from '../blocks/notices.ts';
import type { Unopened } from '../blocks/notices.ts';
import { button } from '../blocks/objects.ts';
import type { Authority } from '../authority.ts';
import type { Person } from '../../store/identities.ts';
import type { Outbound, PrivatePlace } from '../outbound.ts';
import { ACTION, readMenuValue } from '../ids.ts';
import type { TextFor } from '../text-for.ts';
import type { Actor } from '../steering-intake.ts';
import type { Opening } from '../view-opener.ts';

/** Of a button, or of its option in the card's menu. */
export type Press = {
  body: BlockAction;
  action: Pick<ButtonAction, 'action_id' | 'action_ts' | 'text' | 'value'>;
};

/** Acknowledges, then acts: for what has to be quick and loses nothing if it fails. */
export function onButton(app: App, actionId: string, handle: (press: Press) => Promise<void>): void {
  app.action({ action_id: actionId, type: 'block_actions' }, async ({ ack, body, action }) => {
    await ack();
    if (action.type === 'button') await handle({ body, action });
  });
  onMenu(app, actionId, async (press, ack) => {
    await ack();
    await handle(press);
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
  if (typeof actionId !== 'string') return;
  onMenu(app, actionId, async (press, ack) => {
    await handle(press);
    await ack();
  });
}

/** Every listener gets every option of the card's menu; only the one it is meant for acknowledges it. */
function onMenu(
  app: App,
  actionId: string,
  handle: (press: Press, ack: () => Promise<void>) => Promise<void>,
): void {
  app.action({ action_id: ACTION.cardMenu, type: 'block_actions' }, async ({ ack, body, action }) => {
    const chosen = action.type === 'overflow' ? chosenPress(body, action) : null;
    if (chosen?.action.action_id === actionId) await handle(chosen, async () => ack());
  });
}

function chosenPress(body: BlockAction, { selected_option, action_ts }: OverflowAction): Press {
  const { actionId, value } = readMenuValue(selected_option.value ?? '');
  return { body, action: { action_id: actionId, action_ts, text: selected_option.text, value } };
}

type PressDeps = {
  requests: Pick<Requests, 'find'>;
  authority: Pick<Authority, 'refusalOf' | 'steeringRefusal'>;
  /** What is pressed is watched again. */
  sessions: Pick<Sessions, 'touch'>;
  outbound: Pick<Outbound, 'tellPrivately'>;
  textFor: TextFor;
};

/** The request of a button, if the person who pressed it may use it; others are told why. */
export function createPressed({ requests, sessions, authority, outbound, textFor }: PressDeps) {
  const tell = async ({ body }: Press, sentence: string) =>
    outbound.tellPrivately(privatePlace(body), notice([sentence]));

  /** For what a job does, which asks who the person is. People of other workspaces can click in a shared channel. */
  async function inWorkspace(press: Press): Promise<SessionRequest | null> {
    const { body, action } = press;
    const request = await requests.find(action.value ?? '');
    if (request === null) return null;
    if (request.teamId === body.user.team_id) {
      await sessions.touch(request.id);
      return request;
    }
    await tell(press, (await textFor(body.user.id)).steering.outsider);
    return null;
  }

  /** For what is shown at once. `refusal`: what else has to be true. */
  async function byPerson(
    press: Press,
    refusal: (request: SessionRequest, person: Person) => Promise<string | null>,
  ): Promise<SessionRequest | null> {
    const request = await inWorkspace(press);
    if (request === null) return null;
    const person = personOf(press);
    const why = (await authority.refusalOf(person)) ?? (await refusal(request, person));
    if (why === null) return request;
    await tell(press, why);
    return null;
  }

  /** For what only those may do who may steer; others hear who can. */
  async function bySteerer(press: Press): Promise<SessionRequest | null> {
    const request = await inWorkspace(press);
    const why = request === null ? null : await authority.steeringRefusal(request, personOf(press));
    if (why === null) return request;
    await tell(press, why);
    return null;
  }

  return { inWorkspace, byPerson, bySteerer };
}

function personOf({ body: { user } }: Press): Person {
  return { teamId: user.team_id ?? '', userId: user.id };
}

export function actorOf({ body }: Press): Actor {
  return { ...privatePlace(body), teamId: body.user.team_id ?? '' };
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

/** null: what was pressed is in no thread, or begins one. */
function threadOf({ container }: BlockAction): string | null {
  const { data } = replySchema.safeParse(container);
  return data === undefined || data.thread_ts === data.message_ts ? null : data.thread_ts;
}

/** For what the press opens: a press of the same button, on the notice, does it again. */
export function openingOf({ body, action }: Press, what: Unopened): Opening {
  const again = button(action.action_id, action.text.text, action.value ?? '');
  return { what, place: privatePlace(body), again };
}
