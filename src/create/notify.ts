import type { Jobs, Notice } from '../queue/index.ts';
import { askedBeside } from '../session/defaults.ts';
import type { StoredDraft } from '../session/fields.ts';
import { isOpen } from '../session/request.ts';
import type { Outbound } from '../slack/edge/outbound.ts';
import { cardMessage, placeColumns } from '../slack/edge/places.ts';
import type { Slack } from '../slack/edge/slack.ts';
import { optionWords } from '../slack/views/details.ts';
import { userMessage, cardElsewhere, formButton, noCard, notice, refusal } from '../slack/views/notices.ts';
import type { Rendered } from '../slack/views/objects.ts';
import { escape } from '../slack/views/text.ts';
import { hurdleWords } from '../slack/views/whoami.ts';
import { hasReplies, type SessionRequest } from '../store/requests.ts';
import type { StoreParts } from '../store/store.ts';
import type { Text } from '../text/index.ts';
import { PERSON_NOT_IN_CONVERSATION } from './steps.ts';

type NotifyContext = {
  store: StoreParts<{ requests: 'find'; sessions: 'ofRequest'; forms: 'insert'; envelopes: 'open' }>;
  slack: Pick<Slack, 'textFor'> & { outbound: Pick<Outbound, 'tellPrivately' | 'permalink'> };
};

/** Tells the person who asked something privately. */
export async function notifyPerson(c: NotifyContext, { requestId, notice: kind }: Jobs['tell-person']) {
  const request = await c.store.requests.find(requestId);
  const rendered = request && (await compose(c, request, kind));
  if (request && rendered) await c.slack.outbound.tellPrivately(noticePlace(c, request), rendered);
}

/** null: there is nothing to say any more. */
async function compose(c: NotifyContext, request: SessionRequest, kind: Notice): Promise<Rendered | null> {
  const text = await c.slack.textFor(request.userId);
  const { state, cardTs, waiting } = request;
  switch (kind) {
    case 'refused':
      return refused(c, request, text);
    case 'card-elsewhere':
      return cardElsewhere(
        { code: request.cardElsewhere ?? '', link: c.slack.outbound.permalink(cardMessage(request)) },
        text,
      );
    case 'no-card':
      return noCard((await c.store.sessions.ofRequest(request.id))?.snapshot ?? null, text);
    case 'slow':
      // Otherwise it has a card, or another notice says how it ended.
      return isOpen(state) && cardTs === null
        ? notice([text.notices.slow, ...(waiting === null ? [] : [text.card.waitsFor[waiting]])])
        : null;
  }
}

/**
 * Shows what they typed, so that nothing is lost. No form is offered if it would refuse them as well, or if an earlier attempt
 * may have started a session: the card's buttons know of that.
 */
async function refused({ store }: NotifyContext, request: SessionRequest, text: Text): Promise<Rendered> {
  const { id, state, failure, draft, context, secretNames } = request;
  const isOffered = state !== 'unknown' && failure?.kind !== 'identity';
  if (isOffered) {
    const hurdles = failure?.kind === 'policy' ? failure.hurdles : [];
    // What was refused because the place sets it starts as that.
    const values: StoredDraft = { ...draft.values };
    for (const one of hurdles) if (one.kind === 'set') Object.assign(values, one.value);
    const form = {
      id,
      draft: { ...draft, values },
      context,
      sealed: null,
      secretNames,
    };
    await store.forms.insert({ ...placeColumns(request), ...form });
  }
  const problems = problemsOf(request, text);
  const options = optionWords(askedBeside(draft), text, draft.names);
  const offer = isOffered ? formButton(id, text) : null;
  const title = text.notices[state === 'unknown' ? 'notSentAgain' : 'nothingStarted'];
  return refusal({ title, problems, typed: draft.values.prompt ?? null, options, offer }, text);
}

/** In Slack's markup. Whether anything was started is the notice's title. */
function problemsOf({ failure }: SessionRequest, text: Text): string[] {
  if (failure?.kind === 'policy' && failure.lacksApprovers !== true)
    return failure.hurdles.map((hurdle) => hurdleWords(hurdle, text));
  return failure === null ? [] : [escape(userMessage(failure, text))];
}

/** Where they asked, unless they have left that conversation. */
function noticePlace({ store: { envelopes } }: NotifyContext, request: SessionRequest) {
  const { id, userId, channelId, threadTs } = request;
  if (request.cardElsewhere === PERSON_NOT_IN_CONVERSATION)
    return { userId, channelId: null, threadTs: null };
  const responseUrl = envelopes.open(id, request.sealed)?.responseUrl;
  return { userId, channelId, threadTs: hasReplies(request) ? threadTs : null, responseUrl };
}
