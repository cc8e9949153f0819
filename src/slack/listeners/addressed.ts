import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { MessageContext, PlaceKind, SlackMessage } from '../../session/context.ts';
import { faultsOf } from '../../session/failure.ts';
import type { Faults } from '../../session/failure.ts';
import type { Identity } from '../../session/identity.ts';
import type { Wish } from '../../session/intent.ts';
import type { Person } from '../../store/identities.ts';
import type { Requests } from '../../store/requests.ts';
import type { Sessions } from '../../store/sessions.ts';
import type { RunsAs } from '../blocks/card-facts.ts';
import { notice, refusal } from '../blocks/notices.ts';
import type { Rendered } from '../blocks/objects.ts';
import { renderOffer, renderQuestion } from '../blocks/offer.ts';
import { code, unescape } from '../blocks/text.ts';
import { requesterName, runsAs } from '../card-view.ts';
import { readAddressed } from '../command/addressed.ts';
import type { AddressedMeaning } from '../command/addressed.ts';
import { renderHelp, renderProblems, usageOf } from '../command/help.ts';
import type { Asked, Intake } from '../intake.ts';
import { readMessage } from '../messages.ts';
import type { Outbound, PrivatePlace } from '../outbound.ts';
import { placeKindOfEvent, unnamedPlace } from '../places.ts';
import type { TextFor } from '../text-for.ts';

export type AddressedDeps = {
  sessions: Pick<Sessions, 'inThread'>;
  requests: Pick<Requests, 'isOpenAbove'>;
  intake: Pick<Intake, 'acceptMessage' | 'offerMessage'>;
  outbound: Pick<Outbound, 'tellPrivately'>;
  botUserId: () => string;
  /** null: that could not be found out in the time that Slack gives. */
  identify: (person: Person) => Promise<Identity | null>;
  command: string;
  /** Off where the organization enforces its own tags. */
  tagRequests: boolean;
  /** What a message to the app does there. Doesn't take long, whatever it finds. */
  mentionsAt: (where: { channelId: string; placeKind: PlaceKind | null }) => Promise<'start' | 'ask' | 'off'>;
  textFor: TextFor;
};

/** A message to the app: in its direct messages, or one that mentions it. */
type Addressed = {
  userId: string;
  channelId: string;
  placeKind: PlaceKind | null;
  meaning: AddressedMeaning;
  message: SlackMessage;
};

const messageSchema = z.looseObject({
  channel: z.string(),
  channel_type: z.string().optional(),
  user: z.string(),
  text: z.string().default(''),
  subtype: z.enum(['file_share', 'thread_broadcast']).optional(),
  /** Apps do not talk to each other here. */
  bot_id: z.never().optional(),
});

/** A message to the app that no session hears: a task starts, and what may not be one is offered to its author. */
export function listenToAddressed(app: App, deps: AddressedDeps): void {
  app.event('message', async ({ event, body }) => {
    const addressed = readEvent(event, deps);
    if (addressed === null || (await isHeard(deps, addressed))) return;
    const answer = await act(deps, addressed, body.team_id);
    if (answer !== null) await deps.outbound.tellPrivately(placeOf(addressed), answer);
  });
}

function readEvent(event: unknown, deps: Pick<AddressedDeps, 'botUserId' | 'tagRequests'>): Addressed | null {
  const parsed = messageSchema.safeParse(event);
  const botUserId = deps.botUserId();
  if (!parsed.success || parsed.data.user === botUserId) return null;
  const { channel: channelId, channel_type: channelType, user: userId, text: slackText } = parsed.data;
  const placeKind = placeKindOfEvent(channelType);
  const meaning = readAddressed(slackText, {
    botUserId,
    isDirect: placeKind === 'direct',
    ownTag: deps.tagRequests,
  });
  return meaning === null ? null : { userId, channelId, placeKind, meaning, message: readMessage(event) };
}

async function isHeard(
  { sessions, requests }: AddressedDeps,
  { channelId, message: { threadTs } }: Addressed,
): Promise<boolean> {
  if (threadTs === null) return false;
  return (await sessions.inThread(channelId, threadTs)) !== null || requests.isOpenAbove(channelId, threadTs);
}

/** What its author is told; null: nothing. */
async function act(deps: AddressedDeps, addressed: Addressed, teamId: string): Promise<Rendered | null> {
  const { command } = deps;
  const { meaning } = addressed;
  if (meaning.kind === 'nothing') return null;
  const text = await deps.textFor(addressed.userId);
  if (meaning.kind === 'help') return renderHelp({ command, topic: null }, text);
  const mentions = await deps.mentionsAt(addressed);
  if (mentions === 'off') return notice([text.policy.mentionsOff(code(command))]);
  switch (meaning.kind) {
    case 'task': {
      if (mentions === 'start') return start(deps, { addressed, teamId, wish: meaning });
      const [formId, as] = await Promise.all([
        offer(deps, { addressed, teamId, wish: meaning }),
        runsAsOf(deps, { teamId, userId: addressed.userId }),
      ]);
      return renderOffer(formId, as, text);
    }
    case 'ask': {
      const { about, meant, typed } = meaning;
      const formId = await offer(deps, { addressed, teamId, wish: meaning });
      if (about === null && meant === null)
        return renderOffer(formId, await runsAsOf(deps, { teamId, userId: addressed.userId }), text);
      return renderQuestion({ command, typed, formId, meant, usage: about && usageOf(about, text) }, text);
    }
    case 'invalid': {
      const { problems, typed } = meaning;
      const formId = await offer(deps, { addressed, teamId, wish: meaning, faults: faultsOf(problems) });
      return refusal(
        { problems: renderProblems(problems, 'task', text), typed: unescape(typed), formId },
        text,
      );
    }
  }
}

/** Nothing, if that can't be told in time: the card says it. */
async function runsAsOf({ identify }: AddressedDeps, person: Person): Promise<RunsAs> {
  const identity = await identify(person);
  return { requesterName: requesterName(identity), runsAs: runsAs(identity) };
}

type Wished = { addressed: Addressed; teamId: string; wish: Wish; faults?: Faults };

/** The request is on disk once this resolves. Who may not start one is told why by its job. */
async function start({ intake }: AddressedDeps, wished: Wished): Promise<null> {
  const { addressed, wish } = wished;
  const { ts, threadTs, files } = addressed.message;
  // In a thread the files come with the messages that are quoted.
  const context = threadTs === null ? null : contextOf(addressed);
  const { draft, reset } = wish;
  await intake.acceptMessage(askedBy(wished), ts, {
    draft,
    reset,
    context,
    files: context === null ? files : [],
  });
  return null;
}

/** The id of a form that holds it. */
async function offer({ intake }: AddressedDeps, wished: Wished): Promise<string> {
  const { addressed, wish, faults = {} } = wished;
  const context = contextOf(addressed);
  const { id } = await intake.offerMessage(askedBy(wished), addressed.message.ts, { wish, context, faults });
  return id;
}

/** The card goes into the message's thread, or begins one under it. */
function askedBy({ addressed: { userId, channelId, placeKind, message }, teamId }: Wished): Asked {
  return {
    teamId,
    userId,
    channelId,
    threadTs: message.threadTs ?? message.ts,
    placeKind,
    responseUrl: null,
  };
}

/** Earlier messages of the thread are included, and the files; words that are the task already are not. */
function contextOf({
  channelId,
  placeKind,
  message,
}: Pick<Addressed, 'channelId' | 'placeKind' | 'message'>): MessageContext | null {
  if (message.threadTs === null && message.files.length === 0) return null;
  const choice = message.threadTs === null ? 'message' : 'until-here';
  return { choice, channelId, channelName: unnamedPlace(placeKind), picked: message };
}

/** Among direct messages it stays; elsewhere nobody else is to see it. */
function placeOf({ userId, channelId, placeKind, message: { threadTs } }: Addressed): PrivatePlace {
  const isDirect = placeKind === 'direct';
  return { userId, channelId: isDirect ? null : channelId, threadTs, responseUrl: null };
}
