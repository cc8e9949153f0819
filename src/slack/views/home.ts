import type { HomeView, KnownBlock } from '@slack/types';
import type { EffectiveDraft } from '../../session/defaults.ts';
import { STANDING, type Standing } from '../../session/lifecycle.ts';
import type { EffectivePreferences } from '../../session/preferences.ts';
import type { Text } from '../../text/index.ts';
import { ACTION, homeBlock, VIEW, homeMetadata, type AskedApproval } from '../edge/ids.ts';
import { approvalButtons } from './approval.ts';
import { firstButton } from './card-buttons.ts';
import { actions, button, context, header, primary, section } from './objects.ts';
import { isForApprovers, lastWords, type SessionCard } from './session-card.ts';
import type { FormIdentity } from './session-form.ts';
import { sessionLines } from './session-list.ts';
import { renderOwnSettings } from './settings.ts';
import { bold, code, escape, facts, ifAny, link, mention, present, quote, truncate } from './text.ts';
import { renderUsage, type UsageReport } from './usage.ts';

/** What an administrator wants to know of the app. */
type HomeHealth = {
  /** `key-refused`: it answers, but not to the app's key; null: it doesn't. */
  devin: 'well' | 'key-refused' | null;
  missingScopes: readonly string[];
  /** How much was given up after repeated failures. */
  setAside: number;
  /** Those with errors. */
  files: readonly ('policy' | 'mapping')[];
};

/** A session, and the address of its card in Slack; null: not known. */
type HomeSession = { card: SessionCard; thread: string | null };

/** A request of someone else that waits for this person. */
type HomeApproval = AskedApproval & { card: SessionCard };

export type Home = {
  command: string;
  /** The person's conversation with the app. */
  channelId: string;
  runsAs: FormIdentity;
  /** What waits for this person's approval, first what expires first. */
  approvals: readonly HomeApproval[];
  /** The most pressing first. */
  sessions: HomeSession[];
  /** There are more sessions than these. */
  hasMore: boolean;
  defaults: EffectiveDraft;
  preferences: EffectivePreferences;
  /** null: the person is no administrator. */
  health: HomeHealth | null;
  /** null: the person may not see it. */
  everyone: UsageReport | null;
};

const DIVIDER: KnownBlock = { type: 'divider' };

/** A person's App Home: who they run as, what waits for them, what is in progress, and how to start. */
export function renderHome(home: Home, text: Text): HomeView {
  const { channelId, runsAs, everyone, health } = home;
  return {
    type: 'home',
    callback_id: VIEW.home,
    private_metadata: homeMetadata.write({ channelId }),
    blocks: [
      ...top(home, text),
      ...needsYou(home, text),
      ...(runsAs.mayStart ? contents(home, text) : []),
      ...(everyone === null ? [] : [DIVIDER, ...renderUsage(everyone, text).blocks]),
      ...(health === null ? [] : [homeHealth(health, text)]),
    ],
  };
}

/** For people who are known, and may start a session. */
function contents(home: Home, text: Text): KnownBlock[] {
  return [
    ...(home.sessions.length === 0 ? [section(text.sessions.none(code(home.command)))] : groups(home, text)),
    DIVIDER,
    ...renderOwnSettings(home, text).blocks,
  ];
}

function top({ runsAs }: Home, text: Text): KnownBlock[] {
  const refresh = button(ACTION.refreshHome, text.home.refresh, 'home');
  const start = primary(button(ACTION.startFromHome, text.modal.title, 'home'));
  const { mayStart, who, how } = runsAs;
  return [
    header(text.sessions.mine),
    section(who),
    ...present([how]).map(context),
    actions(mayStart ? [start, refresh] : [refresh]),
    ...(mayStart ? [context(text.home.whereCardsGo)] : []),
  ];
}

/** Requests to approve and sessions with a question, each with the buttons that its message has. */
function needsYou({ runsAs, approvals, sessions }: Home, text: Text): KnownBlock[] {
  const blocks = [
    ...approvals.flatMap((one) => askedEntry(one, text)),
    ...(runsAs.mayStart ? entries('needs-you', sessions, text) : []),
  ];
  return blocks.length === 0 ? [] : [header(text.card.phases['needs-you']), ...blocks];
}

function askedEntry({ card, ...asked }: HomeApproval, text: Text): KnownBlock[] {
  const from = text.card.requestedBy(mention(card.requester));
  return [section(sessionLines(card, text, [from])), approvalButtons(asked, text)];
}

function groups({ sessions, hasMore, command }: Home, text: Text): KnownBlock[] {
  return [
    ...(['under-way', 'earlier'] as const).flatMap((standing) => {
      const found = entries(standing, sessions, text);
      return found.length === 0 ? [] : [header(text.home.groups[standing]), ...found];
    }),
    ...(hasMore ? [context(text.usage.more(code(`${command} list`)))] : []),
  ];
}

function entries(standing: Standing, sessions: readonly HomeSession[], text: Text): KnownBlock[] {
  const those = sessions.filter(({ card }) => standingOf(card) === standing);
  return those.map((session) => entry(session, text));
}

/** A request that others have to approve doesn't wait for the person who asked. */
function standingOf(card: SessionCard): Standing {
  return isForApprovers(card) ? 'under-way' : STANDING[card.phase];
}

/** A session that waits for the person has its button, and shows what it asks. */
function entry({ card, thread }: HomeSession, text: Text): KnownBlock {
  const pressed = standingOf(card) === 'needs-you' ? firstButton(card, text) : null;
  const asks = card.phase === 'needs-you' ? lastWords(card) : null;
  const lines = sessionLines(card, text, [ifAny(thread, (url) => link(url, text.milestones.thread))]);
  return {
    ...section(present([lines, ifAny(asks, quote)]).join('\n')),
    block_id: homeBlock(card.requestId),
    ...(pressed !== null && { accessory: pressed }),
  };
}

const SCOPES_LENGTH = 500;

/** One line: what is wrong, or that all is well. */
function homeHealth({ devin, missingScopes, setAside, files }: HomeHealth, text: Text): KnownBlock {
  const { label, well, ...words } = text.home.health;
  const scopes = truncate(missingScopes.join(', '), SCOPES_LENGTH);
  const problems = present([
    devin === null ? words.unreachable : null,
    devin === 'key-refused' ? escape(text.devin.unauthorized) : null,
    scopes === '' ? null : words.missingScopes(scopes),
    setAside === 0 ? null : text.doctor.setAside(setAside),
    ...files.map((file) => `${text[file].faults.whole}${words.brokenFile}`),
  ]).map((problem) => `:warning: ${problem}`);
  return context(facts(bold(label), ...(problems.length === 0 ? [well] : problems)));
}
