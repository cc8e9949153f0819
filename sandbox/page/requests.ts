import { z } from 'zod';
import type { LocalDevin } from '../devin/index.ts';
import type { LocalSlack } from '../slack/index.ts';
import type { Exchange } from './client/wire.ts';

const SHOWN = 150;

/** Requests to Slack and Devin, and from Slack to the app; the newest first. Polls in a row are one. */
export function exchangesOf({ slack, devin }: { slack: LocalSlack; devin: LocalDevin }): Exchange[] {
  const all = [
    ...slack.calls.map(ofCall),
    ...slack.deliveries.filter((one) => !isOwn(one, slack)).map(ofDelivery),
    ...devin.requests.map(ofRequest),
  ].toSorted((a, b) => a.atMs - b.atMs);
  const shown: Exchange[] = [];
  for (const one of all) {
    const last = shown.at(-1);
    if (last !== undefined && isPoll(last) && isPoll(one)) shown.pop();
    const polls = last !== undefined && isPoll(last) ? last.polls + 1 : 1;
    shown.push({ ...one, polls: isPoll(one) ? polls : 0, id: shown.length });
  }
  return shown.slice(-SHOWN).toReversed();
}

const authorSchema = z.looseObject({ bot_id: z.string() });
const ownSchema = z.looseObject({
  event: z.union([
    authorSchema,
    z.looseObject({ message: authorSchema }).transform(({ message }) => message),
    z.looseObject({ previous_message: authorSchema }).transform((event) => event.previous_message),
  ]),
});

type Delivery = LocalSlack['deliveries'][number];
type Seen = Omit<Exchange, 'id' | 'polls'>;

/** The event of what the app itself did: after each of its calls there is one. */
function isOwn({ payload }: Delivery, { workspace }: LocalSlack): boolean {
  return ownSchema.safeParse(payload).data?.event.bot_id === workspace.botId;
}

const isPoll = ({ way, name, isTrouble }: Seen): boolean =>
  way === 'to-devin' && name.startsWith('GET ') && !isTrouble;

function ofCall({ method: name, error, atMs }: LocalSlack['calls'][number]): Seen {
  return { atMs, way: 'to-slack', name, result: error ?? 'ok', isTrouble: error !== null };
}

/** Its newest attempt. */
function ofDelivery(delivery: Delivery): Seen {
  const result = delivery.outcomes.at(-1)?.kind ?? null;
  const name = nameOf(delivery);
  return { atMs: delivery.atMs, way: 'from-slack', name, result, isTrouble: result !== 'answered' };
}

/** The organization is always the same. */
function ofRequest({ method, path, status, receivedAtMs: atMs }: LocalDevin['requests'][number]): Seen {
  const name = `${method} ${path.replace(/^\/v3(?:beta1)?\/(?:organizations\/[^/]+\/)?/, '/')}`;
  const result = status === null ? null : String(status);
  return { atMs, way: 'to-devin', name, result, isTrouble: (status ?? 0) >= 400 };
}

const payloadSchema = z.object({
  command: z.string().optional(),
  type: z.string().optional(),
  event: z.object({ type: z.string() }).optional(),
  callback_id: z.string().optional(),
  view: z.object({ callback_id: z.string() }).optional(),
  actions: z.array(z.object({ action_id: z.string() })).optional(),
});

/** Of a command its name; of an event and an interaction its type, and what was acted on. */
function nameOf({ payload }: Delivery): string {
  const { command, type, event, callback_id: callbackId, view, actions } = payloadSchema.parse(payload);
  const acted = actions?.[0]?.action_id ?? callbackId ?? view?.callback_id;
  return [command ?? event?.type ?? type, acted].filter((one) => one !== undefined).join(' ');
}
