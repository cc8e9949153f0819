import { z } from 'zod';
import { sessionCreateRequestSchema, type SessionCreateRequest } from '../session/request.ts';
import {
  answeredSessionSchema,
  createdSessionSchema,
  polledSessionSchema,
  toBareId,
  toPathId,
  toWire,
  type SessionSnapshot,
} from '../session/snapshot.ts';
import {
  collectPages,
  MAX_PAGE,
  READ_RETRY,
  toSearchParams,
  type DevinClient,
  type Options,
  type Retry,
} from './client.ts';
import { DevinError, orDevinError } from './errors.ts';
import { pageOf, sessionMessageSchema, type Page, type SessionMessage } from './schemas.ts';

/** Creating can take longer than 30 s under load; giving up early leaves the outcome unknown. */
const CREATE_TIMEOUT_MS = 90_000;
/** The same for a message. All else can be done twice without harm. */
const MESSAGE_TIMEOUT_MS = 60_000;

const messageRequestSchema = z.strictObject({
  message: z.string().min(1),
  attachment_urls: z.array(z.url().max(2083)).nullish(),
  message_as_user_id: z.string().nullish(),
});

/** `messageAsUserId`: the member who writes it; left out: the service user. */
export type SessionMessageRequest = {
  message: string;
  attachmentUrls?: readonly string[];
  messageAsUserId?: string;
};

/** `known`: of these sessions, what can't be read in the answer stays as it was. `retry`: 0 for one attempt. */
type ReadOptions = Options & { known?: readonly SessionSnapshot[]; retry?: Retry };

/** Sessions of the organization. https://docs.devin.ai/api-reference/v3/sessions/post-organizations-sessions */
export function createSessions(client: DevinClient) {
  const path = (sessionId: string, ...rest: string[]) =>
    client.orgPath(['sessions', toPathId(sessionId), ...rest]);

  const post = async (action: 'archive' | 'unarchive', sessionId: string, signal?: AbortSignal) =>
    client.call({
      operation: `sessions.${action}`,
      method: 'post',
      path: path(sessionId, action),
      answer: answeredSessionSchema,
      // It can be done twice without harm, and a session that was to sleep must not stay in the archive.
      ...(action === 'unarchive' && { retry: { ...READ_RETRY, methods: ['post'] } }),
      signal,
    });

  return {
    ...createSessionList(client),

    /**
     * Creates a session. One attempt, 90 s. `not-sent` and `rate-limited`: nothing happened, and it may be repeated.
     * `isOutcomeUnknown(error)`: it may exist; search for it first.
     */
    async create(request: SessionCreateRequest, { signal }: Options = {}): Promise<SessionSnapshot> {
      return client.call({
        operation: 'sessions.create',
        method: 'post',
        path: client.orgPath(['sessions']),
        answer: createdSessionSchema(Math.floor(Date.now() / 1000)),
        json: request,
        jsonSchema: sessionCreateRequestSchema,
        timeoutMs: CREATE_TIMEOUT_MS,
        signal,
        sensitive: [request.prompt, ...(request.session_secrets ?? []).map(({ value }) => value)],
      });
    },

    async get(
      sessionId: string,
      { known = [], retry = READ_RETRY, signal }: ReadOptions = {},
    ): Promise<SessionSnapshot> {
      return client.call({
        operation: 'sessions.get',
        path: path(sessionId),
        answer: polledSessionSchema(known),
        retry,
        signal,
      });
    },

    /**
     * Sends a message to a session, which wakes it. One attempt: a retry could send it twice.
     * https://docs.devin.ai/api-reference/v3/sessions/post-organizations-sessions-messages
     */
    async sendMessage(sessionId: string, request: SessionMessageRequest): Promise<SessionSnapshot> {
      return client.call({
        operation: 'sessions.sendMessage',
        method: 'post',
        path: path(sessionId, 'messages'),
        answer: answeredSessionSchema,
        json: toWire(request),
        jsonSchema: messageRequestSchema,
        timeoutMs: MESSAGE_TIMEOUT_MS,
        sensitive: [request.message],
      });
    },

    /** Ends a session for good. */
    async terminate(sessionId: string, { signal }: Options = {}): Promise<SessionSnapshot> {
      return client.call({
        operation: 'sessions.terminate',
        method: 'delete',
        path: path(sessionId),
        answer: answeredSessionSchema,
        signal,
      });
    },

    /** Puts a running session to sleep, too. */
    archive: async (sessionId: string, { signal }: Options = {}) => post('archive', sessionId, signal),

    unarchive: async (sessionId: string, { signal }: Options = {}) => post('unarchive', sessionId, signal),
  };
}

export type MessageQuery = Options & {
  /** The last page's cursor is null: read again from the last one that wasn't, and know messages by `eventId`. */
  after?: string | null;
  /** 1 to 200. */
  first?: number;
};

const messagePageSchema = pageOf(sessionMessageSchema);

/** A session's messages. https://docs.devin.ai/api-reference/v3/sessions/get-organizations-session-messages */
export function createMessages(client: DevinClient) {
  return {
    /** One page, oldest first; the first message is normally the prompt. Our messages come back as `user`. */
    async list(
      sessionId: string,
      { after, first, signal }: MessageQuery = {},
    ): Promise<Page<SessionMessage>> {
      return client.call({
        operation: 'messages.list',
        path: client.orgPath(['sessions', toPathId(sessionId), 'messages']),
        answer: messagePageSchema,
        query: toSearchParams({ after, first }),
        retry: READ_RETRY,
        signal,
      });
    },
  };
}

/** Filters of the list. Whether several tags mean "and" or "or" is not documented. */
export type SessionQuery = {
  after?: string | null;
  /** 1 to 200; Devin's default is 100. */
  first?: number;
  /** In either form; at most about 50, for the URL's length. */
  sessionIds?: readonly string[];
  tags?: readonly string[];
  origins?: readonly string[];
  /** Epoch seconds. */
  createdAfter?: number;
};

type SessionPage = Page<SessionSnapshot>;

const DEFAULT_MAX_ITEMS = 2000;

/** Lists of sessions. https://docs.devin.ai/api-reference/v3/sessions/organizations-sessions */
function createSessionList(client: DevinClient) {
  const inFilterForm = createIdFilter();

  const request = async (
    query: SessionQuery,
    { known = [], retry = READ_RETRY, signal }: ReadOptions,
  ): Promise<SessionPage> =>
    client.call({
      operation: 'sessions.list',
      path: client.orgPath(['sessions']),
      answer: pageOf(polledSessionSchema(known)),
      query: toSearchParams(query),
      retry,
      signal,
    });

  const list = async (query: SessionQuery, options: ReadOptions = {}): Promise<SessionPage> => {
    const { sessionIds: ids } = query;
    if (ids === undefined || ids.length === 0) return request(query, options);
    return inFilterForm(async (toForm) => request({ ...query, sessionIds: ids.map(toForm) }, options));
  };

  return {
    /** One page. An empty `sessionIds` filters nothing. */
    list,

    /** Page after page, at most `maxItems` sessions. */
    async listAll(
      query: Omit<SessionQuery, 'after'>,
      { maxItems = DEFAULT_MAX_ITEMS, signal }: Options & { maxItems?: number } = {},
    ): Promise<SessionSnapshot[]> {
      const first = query.first ?? Math.min(MAX_PAGE, maxItems);
      return collectPages(async (after) => list({ ...query, first, after }, { signal }), maxItems);
    },
  };
}

type IdForm = (sessionId: string) => string;

/**
 * Devin doesn't document which form of an id the filter expects. After a page without results, or a refusal, the other form
 * is tried once; the form that found something is kept.
 */
function createIdFilter() {
  let form: IdForm = toBareId;

  return async function inFilterForm(run: (toForm: IdForm) => Promise<SessionPage>): Promise<SessionPage> {
    const first = form;
    const second = first === toBareId ? toPathId : toBareId;
    const answer = await orRefusal(run(first));
    if (!(answer instanceof DevinError) && answer.items.length > 0) return answer;
    const other = await orRefusal(run(second));
    if (!(other instanceof DevinError) && other.items.length > 0) form = second;
    if (!(other instanceof DevinError)) return other;
    if (answer instanceof DevinError) throw answer;
    return answer;
  };
}

async function orRefusal(running: Promise<SessionPage>): Promise<SessionPage | DevinError> {
  return orDevinError(running, ({ code }) => code === 'invalid-request');
}
