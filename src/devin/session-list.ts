import { collectPages, MAX_PAGE, READ_RETRY, toSearchParams } from './client.ts';
import type { Collected, DevinClient, Options } from './client.ts';
import { DevinError } from './errors.ts';
import { toBareId, toPathId } from '../session/snapshot.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import { pageOf, sessionResponseSchema } from './schemas.ts';
import type { Page } from './schemas.ts';

/** Filters of the list. Whether several tags mean "and" or "or" is not documented. */
export type SessionQuery = {
  after?: string | null;
  /** 1 to 200; Devin's default is 100. */
  first?: number;
  /** In either form; at most about 50, for the address's length. */
  sessionIds?: readonly string[];
  tags?: readonly string[];
  origins?: readonly string[];
  /** Epoch seconds. */
  createdAfter?: number;
};

export type SessionPage = Page<SessionSnapshot>;

const DEFAULT_MAX_ITEMS = 2000;

const sessionPageSchema = pageOf(sessionResponseSchema);

/** Lists of sessions. https://docs.devin.ai/api-reference/v3/sessions/organizations-sessions */
export function createSessionList(client: DevinClient) {
  const inFilterForm = createIdFilter();

  const request = async (query: SessionQuery, { signal }: Options): Promise<SessionPage> =>
    client.call({
      operation: 'sessions.list',
      method: 'get',
      path: client.orgPath(['sessions']),
      answer: sessionPageSchema,
      query: toSearchParams(query),
      retry: READ_RETRY,
      signal,
    });

  const list = async (query: SessionQuery, options: Options = {}): Promise<SessionPage> => {
    const { sessionIds: ids } = query;
    if (ids === undefined || ids.length === 0) return request(query, options);
    return inFilterForm(async (toForm) => request({ ...query, sessionIds: ids.map(toForm) }, options));
  };

  return {
    /** One page. An empty `sessionIds` filters nothing. */
    list,

    /** Page after page, at most `maxItems` sessions; `complete` says whether that was all. */
    async listAll(
      query: Omit<SessionQuery, 'after'>,
      { maxItems = DEFAULT_MAX_ITEMS, signal }: Options & { maxItems?: number } = {},
    ): Promise<Collected<SessionSnapshot>> {
      const first = query.first ?? Math.min(MAX_PAGE, maxItems);
      return collectPages(async (after) => list({ ...query, first, after }, { signal }), maxItems);
    },
  };
}

type IdForm = (sessionId: string) => string;

/**
 * Which form of an id `sessionIds` expects is not documented. A page without any of the sessions, or a refusal,
 * is a reason to ask once more in the other form; the form that found something is kept.
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
  try {
    return await running;
  } catch (error) {
    if (error instanceof DevinError && error.code === 'invalid-request') return error;
    throw error;
  }
}
