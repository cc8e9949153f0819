import type { Notice } from '../queue/index.ts';
import { applyDefaults, askedBeside, type EffectiveDraft } from '../session/defaults.ts';
import type { StoredDraft } from '../session/fields.ts';
import { isOpen } from '../session/request.ts';
import { waitingWords, cardView } from '../slack/card-view.ts';
import type { Outbound } from '../slack/edge/outbound.ts';
import type { TextFor } from '../slack/edge/people.ts';
import { cardMessage, placeColumns } from '../slack/edge/places.ts';
import { optionWords } from '../slack/views/details.ts';
import {
  reasonMessage,
  userMessage,
  cardElsewhere,
  noCard,
  notice,
  refusal,
} from '../slack/views/notices.ts';
import { titled, type Rendered } from '../slack/views/objects.ts';
import { linkedTitle } from '../slack/views/session-card.ts';
import { escape, link } from '../slack/views/text.ts';
import { hurdleWords } from '../slack/views/whoami.ts';
import { hasReplies, type SessionRequest, lostSecrets } from '../store/requests.ts';
import type { StoreParts } from '../store/store.ts';
import type { Text } from '../text/index.ts';
import { PERSON_NOT_IN_CONVERSATION } from './identify.ts';

/** In Slack's markup. Whether anything was started is the notice's title. */
function problemsOf({ failure, state }: SessionRequest, text: Text): string[] {
  if (failure === null) return [];
  if (failure.kind === 'policy' && failure.lacksApprovers !== true)
    return failure.hurdles.map((hurdle) => hurdleWords(hurdle, text));
  const message = state === 'unknown' ? reasonMessage : userMessage;
  return [escape(message(failure, text))];
}

/** null: it no longer waits. */
function queued(request: SessionRequest, text: Text): Rendered | null {
  if (request.waiting === null) return null;
  const card = cardView({ request, session: null, nowMs: request.updatedAt.getTime() }, text);
  return titled(linkedTitle(card, text), waitingWords(request.waiting, text));
}

/** With what the place sets in the place of what was refused for it: the form starts with that. */
function withSet({ draft, failure }: SessionRequest): EffectiveDraft {
  const hurdles = failure?.kind === 'policy' ? failure.hurdles : [];
  const policy: StoredDraft = {};
  for (const one of hurdles) if (one.kind === 'set') Object.assign(policy, one.value);
  const set = applyDefaults({ policy });
  return {
    ...draft,
    values: { ...draft.values, ...set.values },
    sources: { ...draft.sources, ...set.sources },
  };
}

/** Private notices about a request, to the person who asked. */
export function createPersonNotifier({
  store: { requests, sessions, forms, envelopes },
  outbound,
  textFor,
}: {
  store: StoreParts<{ requests: 'find'; sessions: 'ofRequest'; forms: 'insert'; envelopes: 'open' }>;
  outbound: Pick<Outbound, 'tellPrivately' | 'removeNotice' | 'permalink'>;
  textFor: TextFor;
}) {
  /** What they typed, in a form. Its id is the request's. */
  async function offerForm(request: SessionRequest): Promise<string> {
    const { id } = request;
    await forms.insert({
      ...placeColumns(request),
      id,
      draft: withSet(request),
      context: request.context,
      sealed: null,
      lostSecrets: lostSecrets(request),
    });
    return id;
  }

  /** Shows what they typed, so that nothing is lost. No form is offered if it would refuse them as well. */
  async function refused(request: SessionRequest, problems: string[], text: Text): Promise<Rendered> {
    const { state, failure, draft } = request;
    // The form would start another one; the card's buttons know of the first attempt.
    if (state === 'unknown')
      return refusal({ problems, typed: null, formId: null, title: text.notices.notSentAgain }, text);
    const formId = failure?.kind === 'identity' ? null : await offerForm(request);
    const options = optionWords(askedBeside(draft), text, draft.names);
    return refusal({ problems, typed: draft.values.prompt ?? null, options, formId }, text);
  }

  /** null: it no longer waits, and another notice says how that ended. */
  async function compose(
    request: SessionRequest,
    kind: Exclude<Notice, 'started'>,
  ): Promise<Rendered | null> {
    const text = await textFor(request.userId);
    switch (kind) {
      case 'refused':
        return refused(request, problemsOf(request, text), text);
      case 'message-deleted':
        return refused(request, [text.notices.messageDeleted], text);
      case 'card-elsewhere':
        return cardElsewhere(
          { code: request.cardElsewhere ?? '', link: outbound.permalink(cardMessage(request)) },
          text,
        );
      case 'no-card':
        return noCard(await sessions.ofRequest(request.id), text);
      case 'not-checked':
        return notice([text.card.notChecked]);
      case 'task-deleted':
        return notice([text.notices.taskDeleted]);
      case 'queued':
        return queued(request, text);
      case 'slow':
        return isOpen(request.state) && request.cardTs === null ? notice([text.notices.slow]) : null;
    }
  }

  /** Removes the notice that nothing was started; if it can't be removed, another one says what happened. */
  async function settleNotice(request: SessionRequest): Promise<void> {
    const { id, sealed, userId } = request;
    const noticeUrl = envelopes.open(id, sealed)?.noticeUrl;
    if (noticeUrl === undefined || (await outbound.removeNotice(noticeUrl))) return;
    const [{ notices, card }, session] = await Promise.all([textFor(userId), sessions.ofRequest(id)]);
    const where = session === null ? [] : [link(session.url, card.buttons.open)];
    const sentences = [notices.settled, ...where];
    await outbound.tellPrivately({ ...noticePlace(request), responseUrl: null }, notice(sentences));
  }

  /** Where they asked, unless they have left that conversation. */
  function noticePlace(request: SessionRequest) {
    const { id, userId, channelId, threadTs } = request;
    if (request.cardElsewhere === PERSON_NOT_IN_CONVERSATION)
      return { userId, channelId: null, threadTs: null, responseUrl: null };
    const responseUrl = envelopes.open(id, request.sealed)?.responseUrl ?? null;
    return { userId, channelId, threadTs: hasReplies(request) ? threadTs : null, responseUrl };
  }

  return async (requestId: string, kind: Notice): Promise<void> => {
    const request = await requests.find(requestId);
    if (request === null) return;
    if (kind === 'started') return settleNotice(request);
    const rendered = await compose(request, kind);
    if (rendered !== null) await outbound.tellPrivately(noticePlace(request), rendered);
  };
}
