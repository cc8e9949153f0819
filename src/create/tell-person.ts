import { userMessage } from '../errors.ts';
import { askedBeside } from '../session/defaults.ts';
import { cardElsewhere, noCard, notice, refusal } from '../slack/blocks/notices.ts';
import { optionWords } from '../slack/blocks/option-words.ts';
import { escape, link } from '../slack/blocks/text.ts';
import type { Outbound, Rendered } from '../slack/outbound.ts';
import type { TextFor } from '../slack/text-for.ts';
import type { Envelopes } from '../store/envelope.ts';
import type { Forms } from '../store/forms.ts';
import { beginsThread } from '../store/request-row.ts';
import type { SessionRequest } from '../store/request-row.ts';
import { lostSecrets } from '../store/requests.ts';
import type { Requests } from '../store/requests.ts';
import type { Sessions } from '../store/sessions.ts';
import type { Text } from '../text/index.ts';
import { orAgain } from '../slack/or-again.ts';
import { PERSON_NOT_IN_CONVERSATION } from './identify.ts';
import type { Notice } from '../queue/index.ts';

type TellDeps = {
  requests: Pick<Requests, 'find'>;
  sessions: Pick<Sessions, 'ofRequest'>;
  forms: Pick<Forms, 'insert'>;
  envelopes: Envelopes;
  outbound: Pick<Outbound, 'tellPrivately' | 'removeNotice' | 'permalink'>;
  textFor: TextFor;
};

/** Private notices about a request, to the person who asked. */
export function createTeller({ requests, sessions, forms, envelopes, outbound, textFor }: TellDeps) {
  /** What was typed comes back in a form: nothing a person wrote is lost. The form's id is the request's. */
  async function refused(request: SessionRequest, text: Text): Promise<Rendered> {
    const { id, failure, draft } = request;
    await forms.insert({
      id,
      teamId: request.teamId,
      userId: request.userId,
      channelId: request.channelId,
      threadTs: request.threadTs,
      placeKind: request.placeKind,
      draft,
      context: request.context,
      sealed: null,
      lostSecrets: lostSecrets(request),
    });
    const problems = failure === null ? [] : [escape(userMessage(failure, text))];
    const options = optionWords(askedBeside(draft), text);
    return refusal({ problems, typed: draft.values.prompt ?? null, options, formId: id }, text);
  }

  async function elsewhere(request: SessionRequest, text: Text): Promise<Rendered> {
    const { cardChannelId: channelId, cardTs: ts } = request;
    const url = channelId === null || ts === null ? null : await outbound.permalink(channelId, ts);
    return cardElsewhere({ code: request.cardElsewhere ?? '', link: url }, text);
  }

  async function compose(request: SessionRequest, kind: Exclude<Notice, 'started'>): Promise<Rendered> {
    const text = await textFor(request.userId);
    switch (kind) {
      case 'refused':
        return refused(request, text);
      case 'card-elsewhere':
        return elsewhere(request, text);
      case 'no-card':
        return noCard(await sessions.ofRequest(request.id), text);
      case 'queued':
        return notice([request.waiting === 'busy' ? text.devin.busy : text.devin.down]);
    }
  }

  /** It said that nothing was started. Where it stays, another one says what has become of it. */
  async function settleNotice(request: SessionRequest): Promise<void> {
    const { id, sealed, userId } = request;
    const noticeUrl = envelopes.open(id, sealed)?.noticeUrl;
    if (noticeUrl === undefined || (await outbound.removeNotice(noticeUrl))) return;
    const [{ notices }, session] = await Promise.all([textFor(userId), sessions.ofRequest(id)]);
    const where = session === null ? [] : [link(session.url, notices.running.session)];
    const sentences = [notices.settled, ...where];
    orAgain(await outbound.tellPrivately({ ...placeOf(request), responseUrl: null }, notice(sentences)));
  }

  /** Where they asked; not in a conversation they are no longer in, where they would not see it. */
  function placeOf(request: SessionRequest) {
    const { id, userId, channelId, threadTs } = request;
    // Slack shows a private notice in a thread only if the thread has a reply.
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
    orAgain(await outbound.tellPrivately(placeOf(request), await compose(request, kind)));
  };
}
