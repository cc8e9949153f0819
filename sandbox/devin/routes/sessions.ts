import type { Admission } from '../admission.ts';
import type { Permission } from '../members.ts';
import { paginate } from '../pages.ts';
import { notFound } from '../problem.ts';
import {
  createBodySchema,
  messageBodySchema,
  noParams,
  pageQuerySchema,
  sessionsQuerySchema,
  terminateQuerySchema,
} from '../schemas.ts';
import type { LocalSession } from '../session-state.ts';
import { type WireContext, idFromPath, matches, toMessage, toResponse } from '../session-wire.ts';
import type { Sessions } from '../sessions.ts';
import { parseBody, parseQuery } from '../validation.ts';
import { type Answer, type Call, type Method, type Route, jsonOf, ok, param } from './route.ts';

export type SessionRoutesDeps = {
  sessions: Sessions;
  admission: Admission;
  wire: WireContext;
  report: (problem: string) => void;
};

const COLLECTION = '/v3/organizations/{org_id}/sessions';
const ONE = `${COLLECTION}/{devin_id}`;
const VIEW: Permission = 'ViewOrgSessions';
const MANAGE: Permission = 'ManageOrgSessions';

export function sessionRoutes(deps: SessionRoutesDeps): Route[] {
  return [...collectionRoutes(deps), ...oneRoutes(deps), ...messageRoutes(deps)];
}

function collectionRoutes({ sessions, admission, wire, report }: SessionRoutesDeps): Route[] {
  return [
    {
      method: 'POST',
      path: COLLECTION,
      access: MANAGE,
      answer(call) {
        // `devin_id` exists on this endpoint and is not documented: neither an id to choose nor an idempotency key.
        parseQuery(noParams, call.query, report);
        const body = parseBody(createBodySchema, jsonOf(call));
        admission.create(body);
        return ok(toResponse(sessions.create(body), wire, false));
      },
    },
    {
      method: 'GET',
      path: COLLECTION,
      access: VIEW,
      answer(call) {
        const query = parseQuery(sessionsQuerySchema, call.query, report);
        const found = sessions.all.filter((session) => matches(session, query, wire));
        // Newest first: a session created meanwhile comes before those that were already returned.
        const placed = found.toReversed().map((session) => ({
          place: -session.number,
          item: toResponse(session, wire, true),
        }));
        return ok(paginate(placed, query));
      },
    },
  ];
}

/** Finds the path's session, which needs the `devin-` prefix, before anything else is checked. */
function onSession(
  { sessions, report }: SessionRoutesDeps,
  answer: (session: LocalSession, call: Call) => Answer,
): Route['answer'] {
  return (call) => {
    const written = param(call, 'devin_id');
    const id = idFromPath(written);
    if (id === null) report(`the path has a session id without its devin- prefix: ${call.path}`);
    const session = id === null ? undefined : sessions.find(id);
    if (session === undefined) throw notFound(`Session ${written}`);
    return answer(session, call);
  };
}

function oneRoutes(deps: SessionRoutesDeps): Route[] {
  const { sessions, wire, report } = deps;
  const write = (method: Method, path: string, act: (id: string, call: Call) => void): Route => ({
    method,
    path,
    access: MANAGE,
    answer: onSession(deps, (session, call) => {
      act(session.id, call);
      return ok(toResponse(session, wire, false));
    }),
  });
  return [
    {
      method: 'GET',
      path: ONE,
      access: VIEW,
      answer: onSession(deps, (one) => ok(toResponse(one, wire, true))),
    },
    write('DELETE', ONE, (id, { query }) =>
      sessions.terminate(id, parseQuery(terminateQuerySchema, query, report).archive ?? false),
    ),
    write('POST', `${ONE}/archive`, (id) => sessions.archive(id)),
    write('POST', `${ONE}/unarchive`, (id) => sessions.unarchive(id)),
    {
      method: 'GET',
      path: `${ONE}/attachments`,
      access: VIEW,
      answer: onSession(deps, ({ attachments }) =>
        ok(
          attachments.map(({ id, name, url, source, contentType }) => ({
            attachment_id: id,
            name,
            url,
            source,
            content_type: contentType,
          })),
        ),
      ),
    },
  ];
}

function messageRoutes(deps: SessionRoutesDeps): Route[] {
  const { sessions, admission, wire, report } = deps;
  const path = `${ONE}/messages`;
  return [
    {
      method: 'GET',
      path,
      access: VIEW,
      answer: onSession(deps, ({ messages }, { query }) => {
        const placed = messages.map((message, place) => ({ place, item: toMessage(message) }));
        return ok(paginate(placed, parseQuery(pageQuerySchema, query, report)));
      }),
    },
    {
      method: 'POST',
      path,
      access: MANAGE,
      answer: onSession(deps, (session, call) => {
        const body = parseBody(messageBodySchema, jsonOf(call));
        if (body.message.trim() === '') report('the message is empty');
        admission.impersonate(body.message_as_user_id);
        admission.attach(body.attachment_urls);
        sessions.reply(session.id, {
          message: body.message,
          asUserId: body.message_as_user_id ?? null,
          attachmentUrls: body.attachment_urls ?? [],
        });
        return ok(toResponse(session, wire, false));
      }),
    },
  ];
}
