import { devinUserOf } from '../session/identity.ts';
import { instructionsIn } from '../session/prompt.ts';
import { buildRequest } from '../session/request.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Text } from '../text/index.ts';
import {
  approvalNotes,
  doubtOf,
  identitySentence,
  leftOutNotes,
  problemOf,
  untickedWords,
} from './card-notes.ts';
import type { SessionDetails } from './views/details.ts';

type DetailsRows = {
  request: SessionRequest;
  session: SessionRow | null;
  /** For an approver who isn't in the conversation: nothing that it quotes, and nothing that Devin made of it. */
  onlyAsked: boolean;
};

/** Everything about a request and its session, except the values of session secrets. */
export function detailsView({ request, session, onlyAsked }: DetailsRows, text: Text): SessionDetails {
  const { identity } = request;
  return {
    request: effectiveRequest(request, onlyAsked ? [] : (request.uploads?.urls ?? [])),
    sources: { ...request.draft.sources, session_secrets: 'request' },
    names: request.draft.names ?? {},
    url: onlyAsked ? null : (session?.url ?? null),
    identity:
      identity === null || identity.kind === 'refused'
        ? null
        : {
            name: identity.kind === 'matched' ? identity.name : text.card.serviceUser,
            how: identitySentence(identity, text),
            checkedAtMs: identity.checkedAtMs,
          },
    support: {
      request: request.id,
      state: request.state,
      rule: request.approvals.map(({ rule }) => rule).join(', ') || null,
      requested: request.createdAt.toISOString(),
      changed: request.updatedAt.toISOString(),
      member: devinUserOf(identity),
      ...(onlyAsked ? {} : idsOf(session)),
    },
    included: request.context === null ? null : text.modal.context.choices[request.context.choice],
    sent: onlyAsked || request.prompt === request.draft.values.prompt ? null : request.prompt,
    leftOut: leftOut(request, text),
    instructions: request.prompt === null ? null : instructionsIn(request.prompt, request.id),
    approvals: approvalNotes(request, text),
    problem: problemOf(request, text) ?? doubtOf(request, text),
  };
}

function idsOf(session: SessionRow | null): SessionDetails['support'] {
  const { sessionId, orgId, status, statusDetail, serviceUserId, parentSessionId } = session?.snapshot ?? {};
  return { session: sessionId, organization: orgId, status, statusDetail, serviceUserId, parentSessionId };
}

function leftOut({ uploads, context }: SessionRequest, text: Text): string[] {
  const unticked = untickedWords(context?.without, text);
  return [
    ...leftOutNotes(uploads?.leftOut ?? [], text),
    ...(unticked === null ? [] : [text.details.unticked(unticked)]),
  ];
}

function effectiveRequest(request: SessionRequest, uploadedUrls: string[]): Record<string, unknown> {
  const { identity, draft, secretNames: names } = request;
  const built = buildRequest({
    draft: draft.values,
    prompt: draft.values.prompt ?? request.prompt ?? '',
    tag: null,
    createAsUserId: devinUserOf(identity),
    uploadedUrls,
    sessionSecrets: [],
  });
  return names.length === 0 ? built : { ...built, session_secrets: names.map((key) => ({ key })) };
}
