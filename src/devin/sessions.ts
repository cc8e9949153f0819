import { z } from 'zod';
import { sessionCreateRequestSchema } from '../session/request.ts';
import type { SessionCreateRequest } from '../session/request.ts';
import { readableOnly, toPathId, toWire } from '../session/snapshot.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import { READ_RETRY, toSearchParams } from './client.ts';
import type { DevinClient, Options } from './client.ts';
import { bareFacts, DevinError } from './errors.ts';
import { summary } from './problem.ts';
import { pageWith, sessionMessageSchema, sessionResponseSchema } from './schemas.ts';
import type { Page, SessionMessage } from './schemas.ts';
import { createSessionList } from './session-list.ts';

/** Creating has been seen to take longer than 30 s under load; giving up early leaves the outcome unknown. */
const CREATE_TIMEOUT_MS = 90_000;
const WRITE_TIMEOUT_MS = 60_000;

const messageRequestSchema = z.strictObject({
  message: z.string().min(1),
  attachment_urls: z.array(z.url().max(2083)).nullish(),
  message_as_user_id: z.string().nullish(),
});

/** `messageAsUserId`: the member who says it; left out: the service user. */
export type SessionMessageRequest = {
  message: string;
  attachmentUrls?: readonly string[];
  messageAsUserId?: string;
};

/** Sessions of the organization. https://docs.devin.ai/api-reference/v3/sessions/post-organizations-sessions */
export function createSessions(client: DevinClient) {
  const path = (sessionId: string, ...rest: string[]) =>
    client.orgPath(['sessions', toPathId(sessionId), ...rest]);

  const post = async (action: 'archive' | 'unarchive', sessionId: string, signal?: AbortSignal) =>
    client.call({
      operation: `sessions.${action}`,
      method: 'post',
      path: path(sessionId, action),
      answer: sessionResponseSchema,
      timeoutMs: WRITE_TIMEOUT_MS,
      signal,
    });

  return {
    ...createSessionList(client),

    /**
     * Creates a session. One attempt, 90 s. `not-sent` and `rate-limited`: nothing happened, it may be repeated.
     * `isOutcomeUnknown(error)`: it may exist; look for it before anything else.
     */
    async create(request: SessionCreateRequest, { signal }: Options = {}): Promise<SessionSnapshot> {
      const operation = 'sessions.create';
      checkOutgoing(operation, sessionCreateRequestSchema, request);
      return client.call({
        operation,
        method: 'post',
        path: client.orgPath(['sessions']),
        answer: sessionResponseSchema,
        json: request,
        timeoutMs: CREATE_TIMEOUT_MS,
        signal,
        sensitive: [request.prompt, ...(request.session_secrets ?? []).map(({ value }) => value)],
      });
    },

    async get(sessionId: string, { signal }: Options = {}): Promise<SessionSnapshot> {
      return client.call({
        operation: 'sessions.get',
        method: 'get',
        path: path(sessionId),
        answer: sessionResponseSchema,
        retry: READ_RETRY,
        signal,
      });
    },

    /**
     * Says something to a session; a suspended one resumes. One attempt: a repeated message would be said twice.
     * https://docs.devin.ai/api-reference/v3/sessions/post-organizations-sessions-messages
     */
    async sendMessage(
      sessionId: string,
      request: SessionMessageRequest,
      { signal }: Options = {},
    ): Promise<SessionSnapshot> {
      const operation = 'sessions.sendMessage';
      const json = toWire(request);
      checkOutgoing(operation, messageRequestSchema, json);
      return client.call({
        operation,
        method: 'post',
        path: path(sessionId, 'messages'),
        answer: sessionResponseSchema,
        json,
        timeoutMs: WRITE_TIMEOUT_MS,
        signal,
        sensitive: [request.message],
      });
    },

    /** Ends a session for good; with `archive` it is kept for reference. */
    async terminate(sessionId: string, { archive, signal }: Options & { archive?: boolean } = {}) {
      return client.call({
        operation: 'sessions.terminate',
        method: 'delete',
        path: path(sessionId),
        answer: sessionResponseSchema,
        query: toSearchParams({ archive }),
        timeoutMs: WRITE_TIMEOUT_MS,
        signal,
      });
    },

    /** Puts a running session to sleep, too. */
    archive: async (sessionId: string, { signal }: Options = {}) => post('archive', sessionId, signal),

    unarchive: async (sessionId: string, { signal }: Options = {}) => post('unarchive', sessionId, signal),
  };
}

/** What Devin would refuse is refused here, with the same error and no request made. */
function checkOutgoing(operation: string, schema: z.ZodType, request: unknown): void {
  const parsed = schema.safeParse(request);
  if (parsed.success) return;
  const fieldErrors = parsed.error.issues.map(({ path: [field = '', ...rest], message }) => ({
    field: String(field),
    message: rest.length === 0 ? message : `${rest.join('.')}: ${message}`,
  }));
  throw new DevinError({
    operation,
    facts: { ...bareFacts('invalid-request'), detail: summary(fieldErrors), fieldErrors },
  });
}

export type MessageQuery = Options & {
  /** The last page's cursor is null: remember the last one that was not, read from it again, and know messages by `eventId`. */
  after?: string | null;
  /** 1 to 200. */
  first?: number;
};

const messagePageSchema = pageWith(readableOnly(sessionMessageSchema));

/** What was said in a session. https://docs.devin.ai/api-reference/v3/sessions/get-organizations-session-messages */
export function createMessages(client: DevinClient) {
  return {
    /** One page, oldest first; the first message is normally the prompt. Own messages come back as `user`. */
    async list(
      sessionId: string,
      { after, first, signal }: MessageQuery = {},
    ): Promise<Page<SessionMessage>> {
      return client.call({
        operation: 'messages.list',
        method: 'get',
        path: client.orgPath(['sessions', toPathId(sessionId), 'messages']),
        answer: messagePageSchema,
        query: toSearchParams({ after, first }),
        retry: READ_RETRY,
        signal,
      });
    },
  };
}
