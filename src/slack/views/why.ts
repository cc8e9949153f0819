import type { StoredDraft } from '../../session/fields.ts';
import type { Approvers, Hurdle, Terms } from '../../session/policy/decide.ts';
import type { Announcement, Choices, Explained } from '../../session/policy/form.ts';
import type { Ceiling, LimitReached, Limits, LimitUsage } from '../../session/policy/limits.ts';
import type { OverBudget } from '../../session/reply.ts';
import { acuWords, moneyWords } from '../../text/amounts.ts';
import type { Text } from '../../text/index.ts';
import { runAction } from '../edge/ids.ts';
import { optionWords, shownMoment } from './details-values.ts';
import { hurdleSentence } from './failures.ts';
import { notice } from './notices.ts';
import { button, buttonRow, joinParts, packed, type Rendered } from './objects.ts';
import type { FormIdentity } from './session-form.ts';
import { bold, escape, link, oneLine, truncate } from './text.ts';
import { moneyLines } from './usage.ts';

/** What would happen to a session: any, or one with the options that were asked about. `explained`: null without a policy. */
export type Why = {
  session: 'any' | 'asked';
  /** Who asks: nobody approves their own request. */
  userId: string;
  explained: Explained | null;
  limits: Limits;
  usage: LimitUsage;
  /** The limit that a session would exceed; null: none. */
  reached: LimitReached | null;
};

const SENTENCE_LENGTH = 1000;
const TITLE_LENGTH = 80;
/** Of those that a condition names. */
const MOST_NAMES = 5;

/** The worst first, then everything that is in the way, what the place sets, and what counts under each limit. */
export function renderWhy(why: Why, text: Text): Rendered {
  return notice([...whyLines(why, text), text.notices.nothingStarted]);
}

function whyLines(why: Why, text: Text): string[] {
  const { explained, reached, userId } = why;
  const { hurdles = [], terms = null } = explained ?? {};
  const limit = reached === null ? [] : [escape(text.notices.limits[reached.limit](reached))];
  const inTheWay = [...limit, ...hurdles.map((hurdle) => hurdleWords(hurdle, text))];
  return [
    bold(titleOf(why, text)),
    ...inTheWay.map((one) => `• ${one}`),
    ...(inTheWay.length === 0 && why.session === 'asked' ? [noneWords(explained, text)] : []),
    ...(terms === null ? [] : [approversLine(terms, userId, text)]),
    ...(explained === null ? [] : placeLines(explained, text)),
    ...limitLines(why, text),
  ];
}

function titleOf({ session, explained, reached }: Why, { policy: { why } }: Text): string {
  const what = why.session[session];
  const worst = reached === null ? explained?.hurdles[0]?.verdict : 'refuse';
  if (worst === undefined) return why.allowed(what);
  return worst === 'refuse' ? why.refused(what) : why.approval(what);
}

function noneWords(explained: Explained | null, { policy: { explain, why } }: Text): string {
  if (explained === null) return why.noPolicy;
  return explained.rule === null ? explain.noRule : escape(explain.byRule(explained.rule));
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
    wakes.budget[ceiling.key](moneyWords(ceiling, text), acuWords(rest)),
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
export function announcementWords(
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

/** What is limited, set or added there. */
function placeLines({ choices, defaults }: Explained, text: Text): string[] {
  const { explain } = text.policy;
  const { set, instructions, announcements } = choices;
  const listed = (heading: string, values: StoredDraft): string[] => {
    const lines = optionWords(values, text).map((line) => `• ${line}`);
    return lines.length === 0 ? [] : [bold(heading), ...lines];
  };
  return [
    ...modeLines(choices, text),
    ...announcements
      .filter(({ field }) => field !== 'devin_mode')
      .map((one) => {
        const { label } = text.fields[one.field];
        return escape(text.joins.labeled(label, announcementWords(one, text)));
      }),
    ...listed(explain.values, set),
    ...listed(explain.defaults, defaults),
    ...(instructions === null
      ? []
      : [`${bold(explain.instructions)} ${truncate(escape(oneLine(instructions)), SENTENCE_LENGTH)}`]),
  ];
}

function modeLines({ modes }: Choices, { fields, joins, policy: { announce } }: Text): string[] {
  return (['refuse', 'approve'] as const).flatMap((verdict) => {
    const those = Object.entries(modes).flatMap(([mode, said]) => (said === verdict ? [mode] : []));
    return those.length === 0
      ? []
      : [joins.labeled(fields.devin_mode.label, announce[verdict](joins.list(those)))];
  });
}

/** Only those in force. */
function limitLines({ limits, usage, explained }: Why, text: Text): string[] {
  const { why } = text.policy;
  const { openSessions, startsPerHour } = limits;
  const { most = null, budgets = [] } = explained?.choices ?? {};
  const lines = [
    ...(openSessions > 0 ? [why.openSessions(usage.openSessions, openSessions)] : []),
    ...(startsPerHour > 0 ? [why.startsPerHour(usage.startsPerHour, startsPerHour)] : []),
    ...(most === null ? [] : [why.perSession(acuWords(most))]),
    ...moneyLines(budgets, text),
  ];
  return lines.length === 0 ? [] : [bold(why.limits), ...lines.map((line) => `• ${line}`)];
}

/** Who a person's sessions run as, and how the app knows; `how`: null if the first sentence says it. */
export function identityLines(runsAs: FormIdentity, text: Text): { who: string; how: string | null } {
  switch (runsAs.kind) {
    case 'looking':
      return { who: text.home.runsAs.looking, how: null };
    case 'member':
      return {
        who: text.home.runsAs.member(bold(escape(runsAs.name))),
        how: text.joins.sentences([escape(runsAs.how), ...checked(runsAs, text)]),
      };
    case 'service-user':
      return { who: text.joins.sentences([escape(runsAs.why), ...checked(runsAs, text)]), how: null };
    case 'not-known':
      return { who: escape(runsAs.why), how: null };
    case 'refused':
      return { who: `:warning: ${text.modal.cannotStart(escape(runsAs.why))}`, how: null };
  }
}

function checked({ checkedAtMs }: { checkedAtMs?: number }, text: Text): string[] {
  return checkedAtMs === undefined ? [] : [text.home.runsAs.checked(shownMoment(checkedAtMs, text))];
}

/** `why`: what the person may do here; null: nothing, or that is not known. `canLink`: a link to Devin would help. */
type Whoami = { runsAs: FormIdentity; why: Why | null; canLink: boolean };

/** Who a person's sessions run as, how the app knows, and what the person may do here. */
export function renderWhoami({ runsAs, why, canLink }: Whoami, text: Text): Rendered {
  const { who, how } = identityLines(runsAs, text);
  const lines = [who, ...(how === null ? [] : [how]), ...(why === null ? [] : whyLines(why, text))];
  const again = button(runAction(0), text.card.buttons['check-again'], 'whoami again');
  const linking = button(runAction(1), text.policy.linking, 'help options');
  return joinParts([packed(lines), buttonRow(again, ...(canLink ? [linking] : []))]);
}
