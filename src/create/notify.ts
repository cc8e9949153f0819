import type { Jobs, Notice } from '../queue/index.ts';
import { applyDefaults, askedBeside, type EffectiveDraft } from '../session/defaults.ts';
import type { StoredDraft } from '../session/fields.ts';
import { isOpen } from '../session/request.ts';
import type { Outbound } from '../slack/edge/outbound.ts';
import { cardMessage, placeColumns } from '../slack/edge/places.ts';
import type { Slack } from '../slack/edge/slack.ts';
import { optionWords } from '../slack/views/details.ts';
import {
  reasonMessage,
  userMessage,
  cardElsewhere,
  noCard,
  notice,
  refusal,
} from '../slack/views/notices.ts';
import type { Rendered } from '../slack/views/objects.ts';
import { escape } from '../slack/views/text.ts';
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

/** null: it has a card, or another notice says how it ended. */
function slow({ state, cardTs, waiting }: SessionRequest, text: Text): Rendered | null {
  if (!isOpen(state) || cardTs !== null) return null;
  return notice([text.notices.slow, ...(waiting === null ? [] : [text.card.waitsFor[waiting]])]);
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

type NotifyContext = {
  store: StoreParts<{ requests: 'find'; sessions: 'ofRequest'; forms: 'insert'; envelopes: 'open' }>;
  slack: Pick<Slack, 'textFor'> & { outbound: Pick<Outbound, 'tellPrivately' | 'permalink'> };
};

/** Shows what they typed, so that nothing is lost. No form is offered if it would refuse them as well. */
async function refused({ store }: NotifyContext, request: SessionRequest, text: Text): Promise<Rendered> {
  const { id, state, failure, draft, context } = request;
  const problems = problemsOf(request, text);
  // The form would start another one; the card's buttons know of the first attempt.
  if (state === 'unknown')
    return refusal({ problems, typed: null, formId: null, title: text.notices.notSentAgain }, text);
  const formId = failure?.kind === 'identity' ? null : id;
  if (formId !== null) {
    const form = { id, draft: withSet(request), context, sealed: null, lostSecrets: lostSecrets(request) };
    await store.forms.insert({ ...placeColumns(request), ...form });
  }
  const options = optionWords(askedBeside(draft), text, draft.names);
  return refusal({ problems, typed: draft.values.prompt ?? null, options, formId }, text);
}

/** null: there is nothing to say any more. */
async function compose(c: NotifyContext, request: SessionRequest, kind: Notice): Promise<Rendered | null> {
  const text = await c.slack.textFor(request.userId);
  switch (kind) {
    case 'refused':
      return refused(c, request, text);
    case 'card-elsewhere':
      return cardElsewhere(
        { code: request.cardElsewhere ?? '', link: c.slack.outbound.permalink(cardMessage(request)) },
        text,
      );
    case 'no-card':
      return noCard(await c.store.sessions.ofRequest(request.id), text);
    case 'slow':
      return slow(request, text);
  }
}

/** Where they asked, unless they have left that conversation. */
function noticePlace({ store: { envelopes } }: NotifyContext, request: SessionRequest) {
  const { id, userId, channelId, threadTs } = request;
  if (request.cardElsewhere === PERSON_NOT_IN_CONVERSATION)
    return { userId, channelId: null, threadTs: null, responseUrl: null };
  const responseUrl = envelopes.open(id, request.sealed)?.responseUrl ?? null;
  return { userId, channelId, threadTs: hasReplies(request) ? threadTs : null, responseUrl };
}

/** Tells the person who asked something privately. */
export async function notifyPerson(c: NotifyContext, { requestId, notice: kind }: Jobs['tell-person']) {
  const request = await c.store.requests.find(requestId);
  const rendered = request === null ? null : await compose(c, request, kind);
  if (request !== null && rendered !== null)
    await c.slack.outbound.tellPrivately(noticePlace(c, request), rendered);
}
