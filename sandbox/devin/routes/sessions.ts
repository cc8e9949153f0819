import { admit, attach, impersonate } from '../admission.ts';
import type { World } from '../local-devin.ts';
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
import { idFromPath, matches, toMessage, toResponse } from '../session-wire.ts';
import { parseBody, parseQuery } from '../validation.ts';
import { type Answer, type Call, type Method, type Route, jsonOf, ok, param } from './route.ts';

const COLLECTION = '/v3/organizations/{org_id}/sessions';
const ONE = `${COLLECTION}/{devin_id}`;
const VIEW: Permission = 'ViewOrgSessions';
const MANAGE: Permission = 'ManageOrgSessions';

export function sessionRoutes(world: World): Route[] {
  return [...collectionRoutes(world), ...oneRoutes(world), ...messageRoutes(world)];
}

function collectionRoutes(world: World): Route[] {
  const { sessions, report } = world;
  return [
    {
      method: 'POST',
      path: COLLECTION,
      access: MANAGE,
      answer(call) {
        // `devin_id` exists on this endpoint and is not documented: neither an id to choose nor an idempotency key.
        parseQuery(noParams, call.query, report);
        const body = parseBody(createBodySchema, jsonOf(call));
        admit(world, body);
        return ok(toResponse(sessions.create(body), world, false));
      },
    },
    {
      method: 'GET',
      path: COLLECTION,
      access: VIEW,
      answer(call) {
        const query = parseQuery(sessionsQuerySchema, call.query, report);
        const found = sessions.all.filter((session) => matches(session, query, world));
        // Newest first: a session created meanwhile comes before those that were already returned.
        const placed = found.toReversed().map((session) => ({
          place: -session.number,
          item: toResponse(session, world, true),
        }));
        return ok(paginate(placed, query));
      },
    },
  ];
}

/** Finds the path's session, which needs the `devin-` prefix, before anything else is checked. */
function onSession(
  { sessions, report }: World,
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

function oneRoutes(world: World): Route[] {
  const { sessions, report } = world;
  const write = (method: Method, path: string, act: (id: string, call: Call) => void): Route => ({
    method,
    path,
    access: MANAGE,
    answer: onSession(world, (session, call) => {
      act(session.id, call);
      return ok(toResponse(session, world, false));
    }),
  });
  return [
    {
      method: 'GET',
      path: ONE,
      access: VIEW,
      answer: onSession(world, (one) => ok(toResponse(one, world, true))),
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
      answer: onSession(world, ({ attachments }) =>
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

function messageRoutes(world: World): Route[] {
  const { sessions, report } = world;
  const path = `${ONE}/messages`;
  return [
    {
      method: 'GET',
      path,
      access: VIEW,
      answer: onSession(world, ({ messages }, { query }) => {
        const placed = messages.map((message, place) => ({ place, item: toMessage(message) }));
        return ok(paginate(placed, parseQuery(pageQuerySchema, query, report)));
      }),
    },
    {
      method: 'POST',
      path,
      access: MANAGE,
      answer: onSession(world, (session, call) => {
        const body = parseBody(messageBodySchema, jsonOf(call));
        if (body.message.trim() === '') report('the message is empty');
        impersonate(world, body.message_as_user_id);
        attach(world, body.attachment_urls);
        sessions.reply(session.id, {
          message: body.message,
          asUserId: body.message_as_user_id ?? null,
          attachmentUrls: body.attachment_urls ?? [],
        });
        return ok(toResponse(session, world, false));
      }),
    },
  ];
}
