import { z } from 'zod';
import type { LocalDevin } from '../devin/index.ts';
import type { LocalSlack } from '../slack/index.ts';
import type { Exchange } from './client/panel-wire.ts';

const KEPT = 400;
const SHOWN = 150;

type Call = LocalSlack['calls'][number];
type Delivery = LocalSlack['deliveries'][number];
type DevinRequest = LocalDevin['requests'][number];

type Entry = { id: number; atMs: number } & (
  | { kind: 'call'; call: Call }
  | { kind: 'delivery'; delivery: Delivery; attempt: number }
  | { kind: 'request'; request: DevinRequest }
);
type Seen = Entry extends infer One ? (One extends Entry ? Omit<One, 'id' | 'atMs'> : never) : never;

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

  function add(seen: Seen, atMs = Date.now()): void {
    lastId += 1;
    entries.push({ ...seen, id: lastId, atMs });
    if (entries.length > KEPT) entries.splice(0, entries.length - KEPT);
  }

  /** A repeated poll replaces the one before, unless something else has happened. */
  function dropRepeated({ path }: DevinRequest): void {
    const from = entries.findLastIndex((entry) => !isLook(entry)) + 1;
    const at = entries.findIndex(
      (entry, index) => index >= from && entry.kind === 'request' && entry.request.path === path,
    );
    if (at !== -1) entries.splice(at, 1);
  }

  function takeDevinRequests(): void {
    for (const request of devin.requests.slice(requestsSeen)) {
      if (request.method === 'GET') dropRepeated(request);
      add({ kind: 'request', request }, request.receivedAtMs);
    }
    requestsSeen = devin.requests.length;
  }

  for (const call of slack.calls) add({ kind: 'call', call }, call.atMs);
  takeDevinRequests();
  entries.sort((a, b) => a.atMs - b.atMs);

  return {
    note(change: Parameters<Parameters<LocalSlack['subscribe']>[0]>[0]): void {
      takeDevinRequests();
      if (change.kind === 'call') add({ kind: 'call', call: change.call });
      if (change.kind === 'delivery' && !isOwn(change.delivery, slack)) {
        const { delivery } = change;
        add({ kind: 'delivery', delivery, attempt: delivery.outcomes.length });
      }
    },
    takeDevinRequests,
    /** Newest first. */
    recent: (): Exchange[] => entries.slice(-SHOWN).toReversed().map(summary),
  };
}

function isLook(entry: Entry): boolean {
  return entry.kind === 'request' && entry.request.method === 'GET' && entry.request.status === 200;
}

function summary(entry: Entry): Exchange {
  const { id, atMs } = entry;
  const common = { id, atMs, side: 'slack', direction: 'from-bot' } as const;
  switch (entry.kind) {
    case 'call': {
      const { method: name, error } = entry.call;
      return { ...common, name, result: error ?? 'ok', isTrouble: error !== null };
    }
    case 'delivery': {
      const name = nameOf(entry.delivery);
      const result = entry.delivery.outcomes[entry.attempt - 1]?.kind ?? null;
      return { ...common, direction: 'to-bot', name, result, isTrouble: result !== 'answered' };
    }
    case 'request': {
      const { method, path, status } = entry.request;
      const result = status === null ? null : String(status);
      const isTrouble = (status ?? 0) >= 400;
      return { ...common, side: 'devin', name: `${method} ${shortPath(path)}`, result, isTrouble };
    }
  }
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
