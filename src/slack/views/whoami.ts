import type { Approvers, Hurdle, Terms } from '../../session/policy/decide.ts';
import type { Choices, Explained, Announcement } from '../../session/policy/form.ts';
import type { Ceiling, LimitReached } from '../../session/policy/limits.ts';
import type { OverBudget } from '../../session/reply.ts';
import { type Text, acuWords, moneyWords } from '../../text/index.ts';
import { runAction } from '../edge/ids.ts';
import { optionWords, shownMoment } from './details.ts';
import { hurdleSentence, notice } from './notices.ts';
import { button, joinParts, packed, withAccessory, type Rendered } from './objects.ts';
import { identityLines, type FormIdentity } from './session-form.ts';
import { renderOwnSettings, type OwnSettings } from './settings.ts';
import { bold, escape, BETWEEN_FACTS, link, oneLine, truncate } from './text.ts';
import { moneyLines } from './usage.ts';

/** What needs an approval, or is limited or set here, and what is left of the budgets. */
function choicesLines({ choices, announcements }: Explained, text: Text): string[] {
  const { set, most, budgets } = choices;
  const values = optionWords(set, text);
  return [
    ...moneyLines(budgets, text),
    ...(most === null ? [] : [text.policy.why.perSession(acuWords(most))]),
    ...modeLines(choices, text),
    ...announcements
      .filter(({ field }) => field !== 'devin_mode')
      .map((one) => {
        const { label } = text.fields[one.field];
        return escape(text.joins.labeled(label, announcementWords(one, text)));
      }),
    ...(values.length === 0 ? [] : [text.policy.why.set(text.joins.list(values))]),
  ];
}

function modeLines({ modes }: Choices, { policy: { announce } }: Text): string[] {
  return Object.entries(modes).map(([mode, verdict]) =>
    announce[verdict](`${mode.charAt(0).toUpperCase()}${mode.slice(1)}`),
  );
}

/** `why`: what the person may do here; null: nothing, or that is not known. */
type Whoami = OwnSettings & { runsAs: FormIdentity; why: Why | null };

/** The screen of a person: who their sessions run as, what they may do here, and what they chose. */
export function renderWhoami({ runsAs, why, ...own }: Whoami, text: Text): Rendered {
  const { who, how } = identityLines(runsAs, text);
  const again = button(runAction(0), text.card.buttons['check-again'], 'whoami again');
  const explained = why?.explained ?? null;
  const lines = [
    ...(why === null ? [] : hurdleLines(why, text)),
    ...(explained === null ? [] : choicesLines(explained, text)),
  ];
  return joinParts([
    withAccessory([who, ...(how === null ? [] : [how])].join(BETWEEN_FACTS), again),
    packed(lines),
    renderOwnSettings(own, text),
  ]);
}

/** What the policy and the limits of a person make of a session. `explained`: null without a policy. */
export type Why = {
  /** Who asks: nobody approves their own request. */
  userId: string;
  explained: Explained | null;
  /** The limit that a session would exceed; null: none. */
  reached: LimitReached | null;
};

const SENTENCE_LENGTH = 1000;
const TITLE_LENGTH = 80;
/** Of those that a condition names. */
const MOST_NAMES = 5;

/** Whether a session with these options would start here, and everything that is in the way. */
export function renderWhy(why: Why, text: Text): Rendered {
  const { why: words } = text.policy;
  const worst = why.reached === null ? why.explained?.hurdles[0]?.verdict : 'refuse';
  const title = worst === undefined ? words.allowed : words[worst];
  return notice([bold(title), ...hurdleLines(why, text), text.notices.nothingStarted]);
}

/** Everything that is in the way, the worst first, and who can approve it. */
function hurdleLines({ explained, reached, userId }: Why, text: Text): string[] {
  const { hurdles = [], terms = null } = explained ?? {};
  return [
    ...(reached === null ? [] : [escape(text.notices.limits[reached.limit](reached))]),
    ...hurdles.map((hurdle) => hurdleWords(hurdle, text)),
    ...(terms === null ? [] : [approversLine(terms, userId, text)]),
  ].map((one) => `• ${one}`);
}

/** What keeps a request from starting; of a budget also who holds it, and when there is more. In Slack's markup. */
export function hurdleWords(hurdle: Hurdle, text: Text): string {
  const sentence = truncate(escape(hurdleSentence(hurdle, text)), SENTENCE_LENGTH);
  if (hurdle.kind !== 'budget') return sentence;
  const renews = text.policy.hurdles.renews(shownMoment(hurdle.renewsAtMs, text));
  return text.joins.sentences([sentence, holders(hurdle.ceiling, text), renews]);
}

/** Why a message didn't wake a session: the budget, and who can change it. In Slack's markup, which pings nobody in private. */
export function overBudgetWords({ ceiling, rest, owners }: OverBudget, text: Text): string {
  const { wakes } = text.policy;
  const names = owners.map((id) => (id.startsWith('S') ? `<!subteam^${id}>` : `<@${id}>`));
  return text.joins.sentences([
    wakes.budget(moneyWords(ceiling, text), acuWords(rest)),
    ...(names.length === 0 ? [] : [wakes.owners(text.joins.list(names))]),
  ]);
}

/** One's own sessions by their titles, others' by number. */
function holders({ own, sessions }: Ceiling, { policy: { money }, joins }: Text): string {
  if (sessions === 0) return '';
  const links = own.map(({ title, url }) =>
    link(url, truncate(oneLine(title ?? money.untitled), TITLE_LENGTH)),
  );
  return money.reservedBy(joins.list(links), sessions - own.length);
}

/** Who is in a group isn't looked up. */
function approversLine({ approvers, need }: Terms, userId: string, { policy, joins }: Text): string {
  const others = approvers.filter((one) => one.kind !== 'user' || one.id !== userId);
  const enough = others.length >= need || others.some(({ kind }) => kind === 'group');
  const names = joins.list(others.map((one) => patternMention(one)));
  return enough ? policy.why.approvers(need, names) : policy.why.lacksApprovers;
}

/** What values of a field may need an approval, or may be refused. Plain. */
function announcementWords(
  { verdict, wanted }: Announcement,
  { policy: { announce }, details, joins }: Text,
) {
  switch (wanted.kind) {
    case 'names': {
      const shown = wanted.names.slice(0, MOST_NAMES).map((name) => `\`${name.replaceAll('`', "'")}\``);
      const isCut = wanted.names.length > MOST_NAMES;
      return announce[verdict](joins.list(isCut ? [...shown, '…'] : shown));
    }
    case 'over':
      return announce[verdict](announce.over(acuWords(wanted.acu)));
    case 'switch':
      return announce[verdict](wanted.on ? details.yes : details.no);
  }
}

/** A private message pings nobody. */
function patternMention(one: Approvers[number]): string {
  switch (one.kind) {
    case 'user':
      return `<@${one.id}>`;
    case 'group':
      return `<!subteam^${one.id}>`;
    case 'email':
      return escape(one.glob);
  }
}
