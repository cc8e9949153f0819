import { z } from 'zod';
import type { SessionCreateRequest } from '../session/request.ts';
import {
  answeredSessionSchema,
  createdSessionSchema,
  epochSeconds,
  fromWire,
  toBareId,
  toPathId,
  toWire,
  type SessionSnapshot,
} from '../session/snapshot.ts';
import {
  type CallOptions,
  collectPages,
  type DevinClient,
  MAX_PAGE,
  type Page,
  pageOf,
  SAFE_RETRY,
  toSearchParams,
} from './client.ts';

/** In characters; the rest is cut off. */
const LONGEST_MESSAGE = 500_000;

export const sessionMessageSchema = fromWire(
  z.object({
    eventId: z.string(),
    source: z.string(),
    message: z.string().transform((text) => text.slice(0, LONGEST_MESSAGE)),
    /** People wait for the words, whenever they were said. */
    createdAt: epochSeconds.catch(() => Math.floor(Date.now() / 1000)),
  }),
);
export type SessionMessage = z.output<typeof sessionMessageSchema>;

/** Creating can take longer than 30 s under load; giving up early leaves the outcome unknown. */
const CREATE_TIMEOUT_MS = 90_000;
/** The same for a message. All else can be done twice without harm. */
const MESSAGE_TIMEOUT_MS = 60_000;

const sessionPageSchema = pageOf(answeredSessionSchema);

/** Filters of the list. Whether several tags mean "and" or "or" is not documented. */
export type SessionQuery = {
  after?: string | null;
  /** 1 to 200; Devin's default is 100. */
  first?: number;
  /** At most about 50, for the URL's length. Empty: all sessions. */
  sessionIds?: readonly string[];
  tags?: readonly string[];
  origins?: readonly string[];
  /** Epoch seconds. */
  createdAfter?: number;
};

const DEFAULT_MAX_ITEMS = 2000;

/** Sessions of the organization. https://docs.devin.ai/api-reference/v3/sessions/post-organizations-sessions */
export function createSessions({ call, orgPath }: DevinClient) {
  const path = (sessionId: string, ...rest: string[]) => orgPath(['sessions', toPathId(sessionId), ...rest]);

  const steer =
    (
      operation: string,
      request: { method: 'post' | 'delete'; action: string[]; retry?: typeof SAFE_RETRY },
    ) =>
    async (sessionId: string, { signal }: CallOptions = {}): Promise<SessionSnapshot> => {
      const { action, ...how } = request;
      return call({
        operation,
        path: path(sessionId, ...action),
        answer: answeredSessionSchema,
        signal,
        ...how,
      });
    };

  /** One page. Devin doesn't document which form of an id the filter expects: both are sent. */
  const list = async (
    query: SessionQuery,
    /** `retry`: 0 for one attempt. */
    options: CallOptions & { retry?: 0 } = {},
  ): Promise<Page<SessionSnapshot>> => {
    const sessionIds = query.sessionIds?.flatMap((id) => [toBareId(id), toPathId(id)]);
    return call({
      operation: 'sessions.list',
      path: orgPath(['sessions']),
      answer: sessionPageSchema,
      query: toSearchParams({ ...query, sessionIds }),
      ...options,
    });
  };

  return {
    /**
     * Creates a session. One attempt, 90 s. `not-sent` and `rate-limited`: nothing happened, and it may be repeated.
     * If the error's meaning is `unclear`, it may exist; search for it first.
     */
    create: async (request: SessionCreateRequest, { signal }: CallOptions = {}): Promise<SessionSnapshot> =>
      call({
        operation: 'sessions.create',
        method: 'post',
        path: orgPath(['sessions']),
        answer: createdSessionSchema(Math.floor(Date.now() / 1000)),
        json: request,
        timeoutMs: CREATE_TIMEOUT_MS,
        signal,
        sensitive: [request.prompt, ...(request.session_secrets ?? []).map(({ value }) => value)],
      }),

    get: async (sessionId: string, options: CallOptions & { retry?: 0 } = {}): Promise<SessionSnapshot> =>
      call({
        operation: 'sessions.get',
        path: path(sessionId),
        answer: answeredSessionSchema,
        ...options,
      }),

    /**
     * Sends a message to a session, which wakes it. One attempt: a retry could send it twice.
     * https://docs.devin.ai/api-reference/v3/sessions/post-organizations-sessions-messages
     */
    sendMessage: async (
      sessionId: string,
      request: {
        message: string;
        attachmentUrls?: readonly string[];
        /** The member who writes it; left out: the service user. */
        messageAsUserId?: string;
      },
    ): Promise<SessionSnapshot> =>
      call({
        operation: 'sessions.sendMessage',
        method: 'post',
        path: path(sessionId, 'messages'),
        answer: answeredSessionSchema,
        json: toWire(request),
        timeoutMs: MESSAGE_TIMEOUT_MS,
        sensitive: [request.message],
      }),

    /** Ends a session for good. */
    terminate: steer('sessions.terminate', { method: 'delete', action: [] }),
    /** Puts a running session to sleep, too. */
    archive: steer('sessions.archive', { method: 'post', action: ['archive'] }),
    /** A session that was to sleep must not stay in the archive. */
    unarchive: steer('sessions.unarchive', { method: 'post', action: ['unarchive'], retry: SAFE_RETRY }),

    list,

    /** Page after page, at most `maxItems` sessions. */
    listAll: async (
      query: Omit<SessionQuery, 'after' | 'first'>,
      { maxItems = DEFAULT_MAX_ITEMS, signal }: CallOptions & { maxItems?: number } = {},
    ): Promise<SessionSnapshot[]> => {
      const first = Math.min(MAX_PAGE, maxItems);
      return collectPages(async (after) => list({ ...query, first, after }, { signal }), maxItems);
    },
  };
}

export type MessageQuery = CallOptions & {
  /** The last page's cursor is null: read again from the last one that wasn't, and know messages by `eventId`. */
  after?: string | null;
  /** 1 to 200. */
  first?: number;
};

const messagePageSchema = pageOf(sessionMessageSchema);

/** A session's messages. https://docs.devin.ai/api-reference/v3/sessions/get-organizations-session-messages */
export function createMessages({ call, orgPath }: DevinClient) {
  return {
    /** One page, oldest first; the first message is normally the prompt. Our messages come back as `user`. */
    list: async (
      sessionId: string,
      { after, first, signal }: MessageQuery = {},
    ): Promise<Page<SessionMessage>> =>
      call({
        operation: 'messages.list',
        path: orgPath(['sessions', toPathId(sessionId), 'messages']),
        answer: messagePageSchema,
        query: toSearchParams({ after, first }),
        signal,
      }),
  };
}
