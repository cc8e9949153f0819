import type { MessageContext, PlaceKind } from '../../session/context.ts';
import { faultsOf, type Faults } from '../../session/failure.ts';
import type { Identity } from '../../session/identity.ts';
import type { Wish } from '../../session/intent.ts';
import type { Person } from '../../store/identities.ts';
import type { RunsAs } from '../blocks/card-facts.ts';
import { notice, refusal } from '../blocks/notices.ts';
import type { Rendered } from '../blocks/objects.ts';
import { renderOffer, renderQuestion } from '../blocks/offer.ts';
import { code, unescape } from '../blocks/text.ts';
import { requesterName, runsAs } from '../card-view.ts';
import { readAddressed, type AddressedMeaning } from '../command/addressed.ts';
import { renderHelp, renderProblems, usageOf } from '../command/help.ts';
import type { FormInbox, Origin } from '../form-inbox.ts';
import type { Message } from '../payload.ts';
import { privatePlace, unnamedPlace } from '../places.ts';
import type { RequestInbox } from '../request-inbox.ts';
import type { TextFor } from '../text-for.ts';
import type { AnswerMessage } from './answer-message.ts';

export type AddressedDeps = {
  inbox: Pick<RequestInbox, 'acceptMessage'>;
  formInbox: Pick<FormInbox, 'offerMessage'>;
  answerMessage: AnswerMessage;
  botUserId: () => string;
  /** null: nobody could tell in the time that Slack gives. */
  identify: (person: Person) => Promise<Identity | null>;
  command: string;
  tagRequests: boolean;
  /** What a message to the app does in a place. Doesn't take long, whatever it finds. */
  mentionsAt: (where: { channelId: string; placeKind: PlaceKind | null }) => Promise<'start' | 'ask' | 'off'>;
  textFor: TextFor;
};

/** A message to the app that belongs to no session: a task starts, and what may not be one is offered to its author. */
export async function answerAddressed(deps: AddressedDeps, message: Message): Promise<void> {
  const { slackText, userId, channelId, placeKind, threadTs } = message;
  const isDirect = placeKind === 'direct';
  const reading = { botUserId: deps.botUserId(), isDirect, ownTag: deps.tagRequests };
  const meaning = readAddressed(slackText, reading);
  const answer = meaning === null ? null : await act(deps, message, meaning);
  // In direct messages the answer stays; elsewhere only the author sees it.
  const place = privatePlace({ userId, channelId: isDirect ? null : channelId, threadTs });
  if (answer !== null) await deps.answerMessage(message, place, answer);
}

/** What to tell the author; null: nothing. */
async function act(
  deps: AddressedDeps,
  message: Message,
  meaning: AddressedMeaning,
): Promise<Rendered | null> {
  const { command } = deps;
  if (meaning.kind === 'nothing') return null;
  const text = await deps.textFor(message.userId);
  if (meaning.kind === 'help') return renderHelp({ command, topic: null }, text);
  const mentions = await deps.mentionsAt(message);
  if (mentions === 'off') return notice([text.policy.mentionsOff(code(command))]);
  switch (meaning.kind) {
    case 'create': {
      if (mentions === 'start') return start(deps, message, meaning);
      const [formId, as] = await Promise.all([
        offer(deps, message, { wish: meaning }),
        runsAsOf(deps, message),
      ]);
      return renderOffer(formId, as, text);
    }
    case 'ask-first': {
      const { about, meant, hint, typed } = meaning;
      const formId = await offer(deps, message, { wish: meaning });
      if (about === null && meant === null && hint === null)
        return renderOffer(formId, await runsAsOf(deps, message), text);
      return renderQuestion(
        { command, typed, formId, meant, hint, usage: about && usageOf(about, text) },
        text,
      );
    }
    case 'invalid': {
      const problems = renderProblems(meaning.problems, { what: 'task', command }, text);
      const formId = await offer(deps, message, { wish: meaning, faults: faultsOf(meaning.problems) });
      return refusal({ problems, typed: unescape(meaning.typed), formId }, text);
    }
  }
}

/** Empty if nobody could tell in time: the card says it later. */
async function runsAsOf({ identify }: AddressedDeps, { teamId, userId }: Person): Promise<RunsAs> {
  const identity = await identify({ teamId, userId });
  return { requesterName: requesterName(identity), runsAs: runsAs(identity) };
}

/** The request is on disk once this resolves. If the person may not start one, its job tells them why. */
async function start({ inbox }: AddressedDeps, message: Message, wish: Wish): Promise<null> {
  // In a thread, the files come with the messages that are quoted.
  const context = message.threadTs === null ? null : contextOf(message);
  const files = context === null ? message.message.files : [];
  await inbox.acceptMessage(originOf(message), message.ts, { wish, context, files });
  return null;
}

/** The id of a form that holds it. */
async function offer(
  { formInbox }: AddressedDeps,
  message: Message,
  offered: { wish: Wish; faults?: Faults },
): Promise<string> {
  const content = { ...offered, context: contextOf(message) };
  const { id } = await formInbox.offerMessage(originOf(message), message.ts, content);
  return id;
}

/** The card goes into the message's thread, or starts one under it. */
function originOf({ teamId, userId, channelId, placeKind, ts, threadTs }: Message): Origin {
  return { teamId, userId, channelId, threadTs: threadTs ?? ts, placeKind, responseUrl: null };
}

/** Earlier messages of the thread are included, and the files; words that are already the task are not. */
function contextOf({ channelId, placeKind, threadTs, message: picked }: Message): MessageContext | null {
  if (threadTs === null && picked.files.length === 0) return null;
  const choice = threadTs === null ? 'message' : 'until-here';
  return { choice, channelId, channelName: unnamedPlace(placeKind), picked };
}
