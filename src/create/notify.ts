import { threadOfCard } from '../cards/index.ts';
import { userMessage } from '../errors.ts';
import type { Log } from '../log.ts';
import {
  HELD_WAIT_MS,
  retrySlack,
  soonIfBusy,
  type Jobs,
  type Lease,
  type Notice,
  type PostOnce,
  type WithLease,
} from '../queue/index.ts';
import { askedBeside } from '../session/defaults.ts';
import type { Failure } from '../session/failure.ts';
import { isNoMember } from '../session/identity.ts';
import type { Called } from '../slack/blocks/called.ts';
import { cardElsewhere, noCard, notice, refusal, renderOutcome, renewal } from '../slack/blocks/notices.ts';
import type { Rendered } from '../slack/blocks/objects.ts';
import { optionWords } from '../slack/blocks/options.ts';
import { escape, link } from '../slack/blocks/text.ts';
import { doubtOf } from '../slack/card-notes.ts';
import { cardView } from '../slack/card-view.ts';
import { throwIfRetryable } from '../slack/errors.ts';
import { placeOf } from '../slack/form-inbox.ts';
import { outcomeMetadata } from '../slack/metadata.ts';
import { directPlace, type CardPlace, type Outbound } from '../slack/outbound.ts';
import type { FindLeaver } from '../slack/people.ts';
import { cardMessage } from '../slack/posted-messages.ts';
import type { TextFor } from '../slack/text-for.ts';
import type { Envelopes } from '../store/envelope.ts';
import type { Forms } from '../store/forms.ts';
import { askedAt, beginsThread, type SessionRequest } from '../store/request-row.ts';
import { lostSecrets, type Requests } from '../store/requests.ts';
import type { Sessions } from '../store/sessions.ts';
import type { Settings } from '../store/settings.ts';
import type { Text } from '../text/index.ts';
import { PERSON_NOT_IN_CONVERSATION } from './identify.ts';

type OutcomeDeps = {
  requests: Pick<Requests, 'find'>;
  settings: Pick<Settings, 'preferencesFor'>;
  findLeaver: FindLeaver;
  outbound: Pick<Outbound, 'directChannel' | 'permalink'>;
  withLease: WithLease;
  postOnce: PostOnce;
  /** Under the card. */
  text: Text;
  /** In a direct message. */
  textFor: TextFor;
  now: () => number;
  log: Log;
};

/** How long the message waits for the card, whose buttons it mentions. */
const CARD_WAIT_MS = 60_000;

/** Notifies the person once, under the card or in a direct message, if a request has no session or may have none. */
export function createOutcomeNotifier(deps: OutcomeDeps) {
  const { requests, settings, withLease, now } = deps;

  return async ({ requestId }: Jobs['tell-outcome']): Promise<number | null> => {
    const leasing = withLease(`outcome:${requestId}`, async (lease) => {
      const request = await requests.find(requestId);
      if (request === null || !isOutcome(request)) return null;
      if (waitsForCard(request, now())) return HELD_WAIT_MS;
      const { notify } = await settings.preferencesFor(request);
      if (notify === 'card') return null;
      // Nobody reads direct messages of a person who left.
      const left = await deps.findLeaver(request);
      const called: Called =
        left === null ? { kind: 'people', userIds: [request.userId] } : { kind: 'nobody', ...left };
      const direct = notify === 'dm' && left === null;
      return notifyOnce(deps, { request, lease, direct, called });
    });
    return soonIfBusy(leasing);
  };
}

/** A refusal is private; a person who canceled it knows. */
function isOutcome({ state, failure, userId }: SessionRequest): boolean {
  const canceledBy = failure?.kind === 'cancelled' ? failure.userId : null;
  return state === 'unknown' || (state === 'failed' && canceledBy !== userId);
}

function waitsForCard({ cardTs, cardStale, updatedAt }: SessionRequest, nowMs: number): boolean {
  return (cardTs === null || cardStale) && nowMs - updatedAt.getTime() < CARD_WAIT_MS;
}

type Outcome = { request: SessionRequest; lease: Lease; direct: boolean; called: Called };

/** How long to wait before a retry, in ms; null: it's done. */
async function notifyOnce(deps: OutcomeDeps, outcome: Outcome): Promise<number | null> {
  const { request, lease, called } = outcome;
  const thread = outcome.direct ? null : threadOfCard(request);
  const place = thread ?? (await directPlace(deps.outbound, request.userId));
  const at = String((request.sentAt ?? askedAt(request)).getTime());
  const posted = await deps.postOnce({
    key: `outcome:${request.id}:${at}${thread === null ? ':direct' : ''}`,
    place,
    metadata: outcomeMetadata(request.id, at),
    lease,
    render: async () => compose(deps, { request, called }, place),
  });
  if (posted.kind === 'posted') return null;
  const retry = retrySlack(posted, deps.now() - request.updatedAt.getTime());
  if (retry.kind === 'wait') return retry.afterMs;
  if (thread !== null) return notifyOnce(deps, { ...outcome, direct: true });
  deps.log.warn({ requestId: request.id, code: retry.code }, 'Slack refused the notice of an outcome');
  return null;
}

async function compose(
  { outbound, now, ...words }: OutcomeDeps,
  { request, called }: Pick<Outcome, 'request' | 'called'>,
  { threadTs }: CardPlace,
): Promise<Rendered> {
  const text = threadTs === null ? await words.textFor(request.userId) : words.text;
  const cardUrl = threadTs === null ? outbound.permalink(cardMessage(request)) : null;
  const card = cardView({ request, session: null, nowMs: now() }, text);
  return renderOutcome({ card, called, reason: card.problem ?? doubtOf(request, text), cardUrl }, text);
}

/** In Slack's markup. */
function problemWith(failure: Failure, text: Text): string {
  const over = failure.kind === 'policy' ? failure.over : undefined;
  return [escape(userMessage(failure, text)), ...(over === undefined ? [] : [renewal(over, text)])].join(
    '\n',
  );
}

type PersonDeps = {
  requests: Pick<Requests, 'find'>;
  sessions: Pick<Sessions, 'ofRequest'>;
  forms: Pick<Forms, 'insert'>;
  envelopes: Envelopes;
  outbound: Pick<Outbound, 'tellPrivately' | 'removeNotice' | 'permalink'>;
  textFor: TextFor;
};

/** Private notices about a request, to the person who asked. */
export function createPersonNotifier({
  requests,
  sessions,
  forms,
  envelopes,
  outbound,
  textFor,
}: PersonDeps) {
  /** What they typed, in a form. Its id is the request's. */
  async function offerForm(request: SessionRequest): Promise<string> {
    const { id, draft } = request;
    await forms.insert({
      ...placeOf(request),
      id,
      draft,
      context: request.context,
      sealed: null,
      lostSecrets: lostSecrets(request),
    });
    return id;
  }

  /** Shows what they typed, so that nothing is lost. A form that would refuse them, too, isn't offered. */
  async function refused(request: SessionRequest, text: Text): Promise<Rendered> {
    const { failure, draft } = request;
    const mayNever = failure?.kind === 'identity' && isNoMember(failure.reason);
    const formId = mayNever ? null : await offerForm(request);
    const problems = failure === null ? [] : [problemWith(failure, text)];
    const options = optionWords(askedBeside(draft), text, draft.names);
    return refusal({ problems, typed: draft.values.prompt ?? null, options, formId }, text);
  }

  async function compose(request: SessionRequest, kind: Exclude<Notice, 'started'>): Promise<Rendered> {
    const text = await textFor(request.userId);
    switch (kind) {
      case 'refused':
        return refused(request, text);
      case 'card-elsewhere':
        return cardElsewhere(
          { code: request.cardElsewhere ?? '', link: outbound.permalink(cardMessage(request)) },
          text,
        );
      case 'no-card':
        return noCard(await sessions.ofRequest(request.id), text);
      case 'queued':
        return notice([text.card.waiting[request.waiting ?? 'busy']]);
    }
  }

  /** Removes the notice that nothing was started; if it can't be removed, another one says what happened. */
  async function settleNotice(request: SessionRequest): Promise<void> {
    const { id, sealed, userId } = request;
    const noticeUrl = envelopes.open(id, sealed)?.noticeUrl;
    if (noticeUrl === undefined || (await outbound.removeNotice(noticeUrl))) return;
    const [{ notices }, session] = await Promise.all([textFor(userId), sessions.ofRequest(id)]);
    const where = session === null ? [] : [link(session.url, notices.running.session)];
    const sentences = [notices.settled, ...where];
    throwIfRetryable(
      await outbound.tellPrivately({ ...noticePlace(request), responseUrl: null }, notice(sentences)),
    );
  }

  /** Where they asked, unless they have left that conversation. */
  function noticePlace(request: SessionRequest) {
    const { id, userId, channelId, threadTs } = request;
    // Slack shows an ephemeral message in a thread only if the thread has a reply.
    const hasThread = request.cardTs !== null || !beginsThread(request);
    if (request.cardElsewhere === PERSON_NOT_IN_CONVERSATION)
      return { userId, channelId: null, threadTs: null, responseUrl: null };
    const responseUrl = envelopes.open(id, request.sealed)?.responseUrl ?? null;
    return { userId, channelId, threadTs: hasThread ? threadTs : null, responseUrl };
  }

  return async (requestId: string, kind: Notice): Promise<void> => {
    const request = await requests.find(requestId);
    if (request === null) return;
    if (kind === 'started') return settleNotice(request);
    throwIfRetryable(await outbound.tellPrivately(noticePlace(request), await compose(request, kind)));
  };
}
