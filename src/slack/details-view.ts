import { isEndedByPeople } from '../session/failure.ts';
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
    snapshot: onlyAsked ? null : (session?.snapshot ?? null),
    identity:
      identity === null || identity.kind === 'refused'
        ? null
        : {
            name: identity.kind === 'matched' ? identity.name : text.card.serviceUser,
            how: identitySentence(identity, text),
            checkedAtMs: identity.checkedAtMs,
          },
    requestId: request.id,
    state: stateOf(request),
    createdAtMs: request.createdAt.getTime(),
    updatedAtMs: request.updatedAt.getTime(),
    included: request.context === null ? null : text.details.contexts[request.context.choice],
    sent: onlyAsked || request.prompt === request.draft.values.prompt ? null : request.prompt,
    leftOut: leftOut(request, text),
    instructions: request.prompt === null ? null : instructionsIn(request.prompt, request.id),
    approvals: approvalNotes(request, text),
    problem: problemOf(request, text) ?? doubtOf(request, text),
  };
}

/** As on the card: what people ended did not fail. */
function stateOf({ state, failure }: SessionRequest): SessionDetails['state'] {
  return state === 'failed' && failure !== null && isEndedByPeople(failure) ? 'ended' : state;
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
