import type { HomeView, KnownBlock } from '@slack/types';
import type { EffectiveDraft } from '../../session/defaults.ts';
import { STANDING, type Standing } from '../../session/lifecycle.ts';
import type { EffectivePreferences } from '../../session/preferences.ts';
import type { Text } from '../../text/index.ts';
import { ACTION, homeBlock, VIEW, homeMetadata, type AskedApproval } from '../edge/ids.ts';
import { approvalButtons } from './approval.ts';
import { firstButton } from './card-buttons.ts';
import { shownMoment } from './details.ts';
import { actions, button, context, header, primary, section } from './objects.ts';
import {
  acuFact,
  workFacts,
  lastWords,
  linkedTitle,
  signedStatus,
  type SessionCard,
} from './session-card.ts';
import { isAccepted, type FormIdentity } from './session-form.ts';
import { sessionFacts } from './session-list.ts';
import { renderOwnSettings } from './settings.ts';
import { bold, code, codeBlock, escape, link, oneLine, quote, truncate, BETWEEN_FACTS } from './text.ts';
import { homeEveryone, homeUsage, type HomeEveryone, type HomeUsage } from './usage.ts';
import { identityLines } from './whoami.ts';

/** What an administrator wants to know of the app. */
export type HomeHealth = {
  database: boolean;
  devin: boolean;
  slack: boolean;
  /** Devin answers, but not to the app's key. */
  keyRefused: boolean;
  missingScopes: readonly string[];
  /** How much was given up after repeated failures. */
  setAside: number;
};

/** A file in force, and what is wrong with it as it is now, a line each. */
export type HomeFile = { kind: 'policy' | 'identity'; entries: number; problems: readonly string[] };

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
  approvals: { asked: readonly HomeApproval[]; total: number };
  /** The most pressing first. */
  sessions: HomeSession[];
  /** How many there are in all; `more` than that, if so. */
  total: { count: number; more: boolean };
  defaults: EffectiveDraft;
  preferences: EffectivePreferences;
  /** null: the person is no administrator. */
  health: HomeHealth | null;
  /** Those that the person may see. */
  files: readonly HomeFile[];
  usage: HomeUsage;
  /** null: the person may not see it. */
  everyone: HomeEveryone | null;
  drawnAtMs: number;
};

/** A person's App Home: who they run as, what waits for them, what is in progress, and how to start. */
export function renderHome(home: Home, text: Text): HomeView {
  const { channelId, command, runsAs } = home;
  return {
    type: 'home',
    callback_id: VIEW.home,
    private_metadata: homeMetadata.write({ channelId }),
    blocks: [
      ...top(home, text),
      ...needsYou(home, text),
      ...(isAccepted(runsAs) ? contents(home, text) : []),
      ...(home.everyone === null ? [] : homeEveryone(home.everyone, command, text)),
      ...(home.health === null ? [] : [homeHealth(home.health, text)]),
      ...home.files.map((file) => homeFile(file, text)),
      ...(isAccepted(runsAs) ? [context(text.home.help(code(`${command} help`)))] : []),
    ],
  };
}

/** For people who are known, and may start a session. */
function contents(home: Home, text: Text): KnownBlock[] {
  return [
    ...(home.total.count === 0 ? howToBegin(home, text) : groups(home, text)),
    ...homeUsage(home.usage, home.command, text),
    { type: 'divider' },
    ...renderOwnSettings(home, text).blocks,
  ];
}

function top({ runsAs, drawnAtMs }: Home, text: Text): KnownBlock[] {
  const refresh = button(ACTION.refreshHome, text.home.refresh, 'home');
  const start = primary(button(ACTION.startFromHome, text.home.start, 'home'));
  const mayStart = isAccepted(runsAs);
  const { who, how } = identityLines(runsAs, text);
  const drawn = text.home.drawn(shownMoment(drawnAtMs, text));
  return [
    header(text.home.title),
    section(who),
    ...(how === null ? [] : [context(how)]),
    actions(mayStart ? [start, refresh] : [refresh]),
    context(mayStart ? text.joins.sentences([text.home.whereCardsGo, drawn]) : drawn),
  ];
}

/** Requests to approve and sessions with a question, each with the buttons that its message has. */
function needsYou({ runsAs, approvals: { asked, total }, sessions }: Home, text: Text): KnownBlock[] {
  const { groups, approvals } = text.home;
  const rest = total > asked.length ? [context(approvals.more(asked.length, total))] : [];
  const blocks = [
    ...asked.flatMap((one) => askedEntry(one, text)),
    ...rest,
    ...(isAccepted(runsAs) ? entries('needs-you', sessions, text) : []),
  ];
  return blocks.length === 0 ? [] : [header(groups['needs-you']), ...blocks];
}

function askedEntry({ card, ...asked }: HomeApproval, text: Text): KnownBlock[] {
  const facts = [
    text.home.approvals.from(`<@${escape(card.requester)}>`),
    ...acuFact(card, text),
    ...workFacts(card, text),
    ...(card.waitsUntilMs === null ? [] : [text.approval.until(shownMoment(card.waitsUntilMs, text))]),
  ];
  const words = `${bold(linkedTitle(card, text))}\n${facts.join(BETWEEN_FACTS)}`;
  return [section(words), approvalButtons(asked, text.card.buttons.details, text)];
}

function groups({ sessions, total, command }: Home, text: Text): KnownBlock[] {
  const all = code(`${command} list`);
  const isRest = total.more || total.count > sessions.length;
  return [
    ...(['under-way', 'earlier'] as const).flatMap((standing) => {
      const found = entries(standing, sessions, text);
      return found.length === 0 ? [] : [header(text.home.groups[standing]), ...found];
    }),
    ...(isRest ? [context(text.home.more(sessions.length, totalWords(total), all))] : []),
  ];
}

function totalWords({ count, more }: Home['total']): string {
  return `${count.toLocaleString('en-US')}${more ? '+' : ''}`;
}

function entries(standing: Standing, sessions: readonly HomeSession[], text: Text): KnownBlock[] {
  const those = sessions.filter(({ card }) => standingOf(card) === standing);
  return those.flatMap((session) => entry(session, text));
}

/** A request that others have to approve doesn't wait for the person who asked. */
function standingOf({ phase, waitsUntilMs }: SessionCard): Standing {
  return waitsUntilMs === null ? STANDING[phase] : 'under-way';
}

/** A session that waits for the person has its button, and shows what it asks. */
function entry({ card, thread }: HomeSession, text: Text): KnownBlock[] {
  const waits = standingOf(card) === 'needs-you';
  const pressed = waits ? firstButton(card, text) : null;
  const asks = card.phase === 'needs-you' ? lastWords(card) : null;
  const title = `${bold(linkedTitle(card, text))}${BETWEEN_FACTS}${signedStatus(card, text)}`;
  const facts = entryFacts(card, thread, text);
  return [
    {
      ...section(asks === null ? title : `${title}\n${quote(asks)}`),
      block_id: homeBlock(card.requestId),
      ...(pressed !== null && { accessory: pressed }),
    },
    ...(facts === '' ? [] : [context(facts)]),
  ];
}

function entryFacts(card: SessionCard, thread: string | null, text: Text): string {
  const place = thread === null ? [] : [link(thread, text.milestones.thread)];
  return [...sessionFacts(card, text), ...place].join(BETWEEN_FACTS);
}

function howToBegin({ command }: Home, text: Text): KnownBlock[] {
  const { title, byCommand, byShortcut } = text.home.none;
  const { example } = text.command.help;
  return [
    { type: 'divider' },
    section(`${bold(title)}\n${byCommand}\n${codeBlock(`${command} ${example}`)}`),
    section(byShortcut),
  ];
}

const SCOPES_LENGTH = 500;
const PROBLEMS_LENGTH = 2000;
const SIDES = ['database', 'devin', 'slack'] as const;

/** One line: what is wrong, or that all is well. */
function homeHealth(
  { keyRefused, missingScopes, setAside, ...sides }: HomeHealth,
  { devin, home, joins }: Text,
): KnownBlock {
  const { label, well, ...words } = home.health;
  const unwell = SIDES.filter((side) => !sides[side]).map((side) => words.sides[side]);
  const problems = [
    ...(unwell.length === 0 ? [] : [words.unreachable(joins.list(unwell))]),
    ...(keyRefused ? [escape(devin.unauthorized)] : []),
    ...(missingScopes.length === 0
      ? []
      : [words.missingScopes(truncate(missingScopes.join(', '), SCOPES_LENGTH))]),
    ...(setAside === 0 ? [] : [words.setAside(setAside)]),
  ];
  return context([bold(label), ...(problems.length === 0 ? [well] : problems)].join(BETWEEN_FACTS));
}

function homeFile({ kind, entries, problems }: HomeFile, { home }: Text): KnownBlock {
  const words = home.files;
  const label = bold(words[kind]);
  if (problems.length === 0) return context(`${label}${BETWEEN_FACTS}${words.inForce(entries)}`);
  const lines = truncate(problems.map((line) => oneLine(line)).join('\n'), PROBLEMS_LENGTH);
  return section(`${label}${BETWEEN_FACTS}${words.broken}\n${escape(lines)}`);
}
