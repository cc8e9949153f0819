import { z } from 'zod';
import type { LocalDevin } from '../devin/index.ts';
import type { LocalSlack } from '../slack/index.ts';
import type { Exchange } from './client/wire.ts';

const KEPT = 400;
const SHOWN = 150;

type Delivery = LocalSlack['deliveries'][number];
type DevinRequest = LocalDevin['requests'][number];

/** `request`: of Devin's side, whose answer may come later. */
type Entry = { exchange: Exchange; request: DevinRequest | null };

export type ExchangeLog = ReturnType<typeof createExchangeLog>;

const authorSchema = z.looseObject({ bot_id: z.string() });
const ownSchema = z.looseObject({
  event: z.union([
    authorSchema,
    z.looseObject({ message: authorSchema }).transform(({ message }) => message),
    z.looseObject({ previous_message: authorSchema }).transform((event) => event.previous_message),
  ]),
});

/** The event of what the app itself did: after each of its calls there is one. */
function isOwn({ payload }: Delivery, { workspace }: LocalSlack): boolean {
  return ownSchema.safeParse(payload).data?.event.bot_id === workspace.botId;
}

/** Requests to Slack and Devin, and from Slack to the app, in order. */
export function createExchangeLog({ slack, devin }: { slack: LocalSlack; devin: LocalDevin }) {
  const entries: Entry[] = [];
  let lastId = 0;
  let requestsSeen = 0;

  function add(seen: Seen, request: DevinRequest | null = null): void {
    lastId += 1;
    entries.push({ exchange: { ...seen, id: lastId }, request });
    if (entries.length > KEPT) entries.splice(0, entries.length - KEPT);
  }

  /** A repeated poll replaces the one before, unless something else has happened. */
  function dropRepeated({ path }: DevinRequest): void {
    const from =
      entries.findLastIndex(({ request }) => request?.method !== 'GET' || request.status !== 200) + 1;
    const at = entries.findIndex(({ request }, index) => index >= from && request?.path === path);
    if (at !== -1) entries.splice(at, 1);
  }

  function takeDevinRequests(): void {
    for (const request of devin.requests.slice(requestsSeen)) {
      if (request.method === 'GET') dropRepeated(request);
      add(ofRequest(request), request);
    }
    requestsSeen = devin.requests.length;
  }

  for (const call of slack.calls) add(ofCall(call));
  takeDevinRequests();
  entries.sort((a, b) => a.exchange.atMs - b.exchange.atMs);

  return {
    note(change: Parameters<Parameters<LocalSlack['subscribe']>[0]>[0]): void {
      takeDevinRequests();
      if (change.kind === 'call') add(ofCall(change.call));
      if (change.kind === 'delivery' && !isOwn(change.delivery, slack)) add(ofDelivery(change.delivery));
    },
    takeDevinRequests,
    /** Newest first. */
    recent: (): Exchange[] =>
      entries
        .slice(-SHOWN)
        .toReversed()
        .map(({ exchange, request }) =>
          request === null ? exchange : { ...exchange, ...ofRequest(request) },
        ),
  };
}

type Seen = Omit<Exchange, 'id'>;

function ofCall({ method: name, error, atMs }: LocalSlack['calls'][number]): Seen {
  return {
    atMs,
    side: 'slack',
    direction: 'from-bot',
    name,
    result: error ?? 'ok',
    isTrouble: error !== null,
  };
}

/** Its newest attempt. */
function ofDelivery(delivery: Delivery): Seen {
  const result = delivery.outcomes.at(-1)?.kind ?? null;
  const isTrouble = result !== 'answered';
  return { atMs: Date.now(), side: 'slack', direction: 'to-bot', name: nameOf(delivery), result, isTrouble };
}

function ofRequest({ method, path, status, receivedAtMs: atMs }: DevinRequest): Seen {
  const name = `${method} ${shortPath(path)}`;
  const result = status === null ? null : String(status);
  return { atMs, side: 'devin', direction: 'from-bot', name, result, isTrouble: (status ?? 0) >= 400 };
}

const payloadSchema = z.object({
  command: z.string().optional().catch(undefined),
  type: z.string().optional().catch(undefined),
  event: z.object({ type: z.string() }).optional().catch(undefined),
  callback_id: z.string().optional().catch(undefined),
  view: z.object({ callback_id: z.string() }).optional().catch(undefined),
  actions: z
    .array(z.object({ action_id: z.string() }))
    .optional()
    .catch(undefined),
});

/** Of a command its name; of an event and an interaction its type, and what was acted on. */
function nameOf({ payload }: Delivery): string {
  const { command, type, event, callback_id: callbackId, view, actions } = payloadSchema.parse(payload);
  const acted = actions?.[0]?.action_id ?? callbackId ?? view?.callback_id;
  return [command ?? event?.type ?? type, acted].filter((one) => one !== undefined).join(' ');
}

/** The organization is always the same. */
function shortPath(path: string): string {
  return path.replace(/^\/v3(?:beta1)?\/(?:organizations\/[^/]+\/)?/, '/');
}
