import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { parseJson } from '../json.ts';
import { addBotMessage, editMessage, findMessage, retractMessage } from './messages.ts';
import type { Message } from './model.ts';
import { checkMessage } from './rules/message.ts';
import { addProblem, type State } from './state.ts';

/** https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
const MOST_USES = 5;
const LIFE_MS = 30 * 60 * 1000;

/** As the app responds: to the person alone. */
const responseSchema = z.strictObject({
  text: z.string().optional(),
  blocks: z.array(z.unknown()).optional(),
  response_type: z.literal('ephemeral').optional(),
  replace_original: z.boolean().optional(),
  delete_original: z.boolean().optional(),
});

/** Whom a response goes to: the person, where they were, and the message they clicked on. */
export type Asker = { userId: string; channelId: string; messageTs: string | null };

export type Shown = { message: Message | null; violations: string[] };

/** What Slack shows for an app's response; text alone is a message to the person. */
export function showResponse(state: State, asker: Asker, given: unknown): Shown {
  const parsed = responseSchema.safeParse(typeof given === 'string' ? { text: given } : given);
  if (!parsed.success) return { message: null, violations: [z.prettifyError(parsed.error)] };
  const response = parsed.data;
  const original =
    asker.messageTs === null ? undefined : findMessage(state, asker.channelId, asker.messageTs);
  if (response.delete_original === true) {
    if (original !== undefined) retractMessage(state, original);
    return { message: null, violations: [] };
  }
  const violations = checkMessage(response);
  if (violations.length > 0) return { message: null, violations };
  const { text = '', blocks = [] } = response;
  if (response.replace_original === true && original !== undefined) {
    editMessage(state, original, { text, blocks });
    return { message: original, violations };
  }
  const { channelId, userId: ephemeralFor } = asker;
  return { message: addBotMessage(state, { channelId, text, blocks, ephemeralFor }), violations };
}

/** The endpoint behind `response_url`. */
export async function receiveResponse(
  state: State,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const hook = state.responseUrls.get((request.url ?? '').split('/').at(-1) ?? '');
  const body = await buffer(request);
  const refuse = (status: number, error: string): void => {
    addProblem(state, `response_url: ${error}`);
    response.writeHead(status, { 'content-type': 'text/plain' }).end(error);
  };
  if (hook === undefined) return refuse(404, 'no_service');
  if (state.now() - hook.createdAtMs > LIFE_MS) return refuse(404, 'expired_url');
  if (hook.uses >= MOST_USES) return refuse(404, 'used_url');
  hook.uses += 1;
  const { violations } = showResponse(state, hook, parseJson(body.toString()));
  if (violations.length > 0) return refuse(400, `invalid_payload ${violations.join('; ')}`);
  response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
}
