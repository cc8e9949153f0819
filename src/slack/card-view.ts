import { z } from 'zod';
import { userMessage } from '../errors.ts';
import type { Identity } from '../session/identity.ts';
import type { SessionPhase } from '../session/lifecycle.ts';
import { sessionPhase } from '../session/lifecycle.ts';
import type { LeftOut, SessionRequest } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Text } from '../text/index.ts';
import { truncate } from './blocks/text.ts';
import type { CardAction, SessionCard } from './blocks/session-card.ts';
import { identitySentence } from './identity-words.ts';

const TITLE_LENGTH = 120;

/** What the card shows of Devin's answer. */
const shownSchema = z.object({
  status: z.string(),
  status_detail: z.string().nullish(),
  title: z.string().nullish(),
  devin_mode: z.string().nullish(),
  acus_consumed: z.number(),
  pull_requests: z.array(z.object({ pr_url: z.string(), pr_state: z.string().nullish() })),
  child_session_ids: z.array(z.string()).nullish(),
});
type Shown = z.infer<typeof shownSchema>;

/** The card of a request: everything it shows comes from the two rows. */
export function cardView(request: SessionRequest, session: SessionRow | null, text: Text): SessionCard {
  const { values } = request.draft;
  const shown = session === null ? null : shownSchema.parse(session.response);
  return {
    requestId: request.id,
    phase: phaseOf(request, shown),
    statusWord: shown?.status_detail ?? shown?.status ?? null,
    title: shown?.title ?? values.title ?? firstLine(values.prompt ?? ''),
    requester: request.user_id,
    runsAs: runsAs(request.identity),
    url: session?.url ?? null,
    repos: values.repos ?? [],
    mode: shown?.devin_mode ?? values.devin_mode ?? null,
    playbook: values.playbook_id ?? null,
    acuLimit: values.max_acu_limit ?? null,
    acusUsed: shown?.acus_consumed ?? null,
    elapsedMs: null,
    pullRequests: (shown?.pull_requests ?? []).map((pr) => ({ url: pr.pr_url, state: pr.pr_state ?? null })),
    childSessions: shown?.child_session_ids?.length ?? 0,
    lastWords: null,
    notes: notesOf(request, text),
    problem: request.failure === null ? null : userMessage(request.failure, text),
    actions: actionsOf(request, session),
  };
}

function phaseOf(request: SessionRequest, shown: Shown | null): SessionPhase {
  switch (request.state) {
    case 'created':
      return shown === null
        ? 'starting'
        : sessionPhase({ status: shown.status, statusDetail: shown.status_detail ?? null });
    case 'sending':
      return 'starting';
    case 'unknown':
      return 'unknown';
    case 'refused':
    case 'failed':
      return 'failed';
    default:
      return 'queued';
  }
}

function actionsOf(request: SessionRequest, session: SessionRow | null): CardAction[] {
  switch (request.state) {
    case 'created':
      return session === null ? ['details'] : ['open', 'details'];
    case 'unknown':
      return ['check-again', 'start-anyway', 'details'];
    case 'refused':
    case 'failed':
      return canTryAgain(request)
        ? ['try-again', 'edit-and-try-again', 'details']
        : ['edit-and-try-again', 'details'];
    default:
      return ['details'];
  }
}

/** As it stands, without its form: not where Devin found fault with it, nor where its secrets are gone. */
function canTryAgain({ failure, had_secrets: hadSecrets }: SessionRequest): boolean {
  if (hadSecrets) return false;
  return !(failure?.kind === 'devin' && failure.code === 'invalid-request');
}

function runsAs(identity: Identity | null): SessionCard['runsAs'] {
  if (identity === null || identity.kind === 'refused') return null;
  return identity.kind === 'matched' ? { kind: 'member', name: identity.name } : { kind: 'service-user' };
}

function notesOf(request: SessionRequest, text: Text): string[] {
  const { identity, waiting } = request;
  return [
    ...(identity?.kind === 'service-user' ? [identitySentence(identity, text)] : []),
    ...(waiting === null ? [] : [text.card.waiting[waiting]]),
    ...leftOutNotes(request.uploads?.leftOut ?? [], text),
  ];
}

function leftOutNotes(leftOut: LeftOut[], text: Text): string[] {
  return leftOut.map(({ name, reason }) => text.notices.leftOut[reason](name));
}

function firstLine(prompt: string): string {
  const line = prompt.split('\n').find((candidate) => candidate.trim() !== '') ?? '';
  return truncate(line.trim(), TITLE_LENGTH);
}
