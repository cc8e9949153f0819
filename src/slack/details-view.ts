import { userMessage } from '../errors.ts';
import { buildRequest } from '../session/request.ts';
import type { SessionRequest } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Text } from '../text/index.ts';
import type { SessionDetails } from './blocks/details.ts';
import { identitySentence } from './identity-words.ts';

/** Everything there is to know of a request and its session, but for session secrets, which are not kept. */
export function detailsView(request: SessionRequest, session: SessionRow | null, text: Text): SessionDetails {
  const { identity, failure } = request;
  return {
    request: effectiveRequest(request),
    sources: request.draft.sources,
    response: session?.response ?? null,
    identity:
      identity === null || identity.kind === 'refused'
        ? null
        : {
            name: identity.kind === 'matched' ? identity.name : text.card.serviceUser,
            how: identitySentence(identity, text),
            checkedAtMs: identity.checkedAtMs,
          },
    requestId: request.id,
    state: request.state,
    createdAtMs: request.created_at.getTime(),
    updatedAtMs: request.updated_at.getTime(),
    problem: failure === null ? null : userMessage(failure, text),
  };
}

function effectiveRequest(request: SessionRequest): Record<string, unknown> {
  const { identity, draft, uploads } = request;
  return buildRequest({
    draft: draft.values,
    prompt: request.prompt ?? draft.values.prompt ?? '',
    tag: null,
    createAsUserId: identity?.kind === 'matched' ? identity.devinUserId : null,
    uploadedUrls: uploads?.urls ?? [],
    sessionSecrets: [],
  });
}
