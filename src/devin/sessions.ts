import { z } from 'zod';
import { sessionCreateRequestSchema } from '../session/request.ts';
import type { SessionCreateRequest } from '../session/request.ts';
import { READ_RETRY, toSearchParams } from './client.ts';
import type { DevinClient, Options } from './client.ts';
import { bareFacts, DevinError } from './errors.ts';
import { summary } from './problem.ts';
import {
  pageOf,
  readableOnly,
  sessionMessageSchema,
  sessionResponseSchema,
  tagsSchema,
  toPathId,
} from './schemas.ts';
import type { Page, SessionMessage, SessionResponse } from './schemas.ts';
import { createSessionList } from './session-list.ts';

/** Creating has been seen to take longer than 30 s under load; giving up early leaves the outcome unknown. */
const CREATE_TIMEOUT_MS = 90_000;
const WRITE_TIMEOUT_MS = 60_000;

type CreateOptions = Options & {
  /**
   * The endpoint's `devin_id` query parameter. The reference says nothing of what it does. It is not known to be an
   * idempotency key or an id of one's own choice: never rely on it to make a repeated create safe.
   */
  devinId?: string;
};

const messageRequestSchema = z.strictObject({
  message: z.string().min(1),
  attachment_urls: z.array(z.url().max(2083)).nullish(),
  message_as_user_id: z.string().nullish(),
});
export type SessionMessageRequest = z.input<typeof messageRequestSchema>;

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
    tags: createSessionTags(client),

    /**
     * Creates a session. One attempt, 90 s. `not-sent` and `rate-limited`: nothing happened, it may be repeated.
     * `isOutcomeUnknown(error)`: it may exist; look for it before anything else.
     */
    async create(
      request: SessionCreateRequest,
      { devinId, signal }: CreateOptions = {},
    ): Promise<SessionResponse> {
      const operation = 'sessions.create';
      checkOutgoing(operation, sessionCreateRequestSchema, request);
      return client.call({
        operation,
        method: 'post',
        path: client.orgPath(['sessions']),
        answer: sessionResponseSchema,
        query: toSearchParams({ devin_id: devinId }),
        json: request,
        timeoutMs: CREATE_TIMEOUT_MS,
        signal,
        sensitive: [request.prompt, ...(request.session_secrets ?? []).map(({ value }) => value)],
      });
    },

    async get(sessionId: string, { signal }: Options = {}): Promise<SessionResponse> {
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
    ): Promise<SessionResponse> {
      const operation = 'sessions.sendMessage';
      checkOutgoing(operation, messageRequestSchema, request);
      return client.call({
        operation,
        method: 'post',
        path: path(sessionId, 'messages'),
        answer: sessionResponseSchema,
        json: request,
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

/** A session's tags, at most 50. https://docs.devin.ai/api-reference/v3/sessions/get-organizations-session */
function createSessionTags(client: DevinClient) {
  const call = async (
    method: 'get' | 'post' | 'put',
    sessionId: string,
    options: Options & { tags?: readonly string[] },
  ) => {
    const { tags } = await client.call({
      operation: `sessions.tags.${method}`,
      method,
      path: client.orgPath(['sessions', toPathId(sessionId), 'tags']),
      answer: tagsSchema,
      signal: options.signal,
      ...(options.tags && { json: { tags: options.tags } }),
      ...(method === 'get' && { retry: READ_RETRY }),
    });
    return tags;
  };

  return {
    /** The tags it has. */
    get: async (sessionId: string, options: Options = {}) => call('get', sessionId, options),
    /** Adds to those it has; the same tag twice is once. */
    add: async (sessionId: string, tags: readonly string[], { signal }: Options = {}) =>
      call('post', sessionId, { tags, signal }),
    /** Puts these in the place of those it has. */
    replace: async (sessionId: string, tags: readonly string[], { signal }: Options = {}) =>
      call('put', sessionId, { tags, signal }),
  };
}

export type MessageQuery = Options & {
  /** The last page's cursor is null: remember the last one that was not, read from it again, and know messages by `event_id`. */
  after?: string | null;
  /** 1 to 200. */
  first?: number;
};

const messagePageSchema = pageOf(sessionMessageSchema).extend({ items: readableOnly(sessionMessageSchema) });

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
