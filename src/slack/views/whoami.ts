import type { Announcement, Explained, Hurdle, Terms } from '../../session/policy/decide.ts';
import type { Ceiling, LimitReached } from '../../session/policy/limits.ts';
import type { OverBudget } from '../../session/reply.ts';
import { type Text, acuWords, moneyWords } from '../../text/index.ts';
import { runAction } from '../edge/ids.ts';
import { optionWords, shownMoment } from './details.ts';
import { approversWords, hurdleSentence, notice } from './notices.ts';
import { button, joinParts, packed, withAccessory, type Rendered } from './objects.ts';
import type { FormIdentity } from './session-form.ts';
import { renderOwnSettings, type OwnSettings } from './settings.ts';
import { bold, code, escape, facts, ifAny, link, oneLine, present, truncate } from './text.ts';
import { moneyLines } from './usage.ts';

/** What is left of the budgets, and what needs an approval, is refused or is set here. */
function choicesLines({ explained }: Why, text: Text): (string | null)[] {
  const { choices, announcements } = explained;
  const { set, most, budgets, modes } = choices;
  const { announce, why } = text.policy;
  const said = [
    ...Object.entries(modes).map(([mode, verdict]) => ({ verdict, words: escape(mode) })),
    ...announcements.map((one) => ({ verdict: one.verdict, words: announcementWords(one, text) })),
  ];
  const values = optionWords(set, text);
  return [
    ...moneyLines(budgets, text),
    ifAny(most, (acu) => text.policy.hurdles.cap(acuWords(acu))),
    ...[...Map.groupBy(said, ({ verdict }) => verdict)].map(([verdict, all]) =>
      announce[verdict](text.joins.list(all.map(({ words }) => words))),
    ),
    values.length === 0 ? null : why.set(text.joins.list(values)),
  ];
}

/** `why`: what the person may do here; null: nothing, or that is not known. */
type Whoami = OwnSettings & { runsAs: FormIdentity; why: Why | null };

/** The screen of a person: who their sessions run as, what they may do here, and what they chose. */
export function renderWhoami({ runsAs, why, ...own }: Whoami, text: Text): Rendered {
  const again = button(runAction(0), text.card.buttons['check-again'], 'whoami again');
  return joinParts([
    withAccessory(facts(runsAs.who, runsAs.how), again),
    ifAny(why, (here) => packed([...hurdleLines(here, text), ...choicesLines(here, text)])),
    renderOwnSettings(own, text),
  ]);
}

/** What the policy and the limits of a person make of a session. */
export type Why = {
  /** Who asks: nobody approves their own request. */
  userId: string;
  explained: Explained;
  /** The limit that a session would exceed; null: none. */
  reached: LimitReached | null;
};

const SENTENCE_LENGTH = 1000;
const TITLE_LENGTH = 80;
/** Of what a condition names. */
const NAMES_LENGTH = 150;

/** Whether a session with these options would start here, and everything that is in the way. */
export function renderWhy(why: Why, text: Text): Rendered {
  const { why: words } = text.policy;
  const worst = why.reached === null ? why.explained.hurdles[0]?.verdict : 'refuse';
  const title = worst === undefined ? words.allowed : words[worst];
  return notice([bold(title), ...hurdleLines(why, text), text.notices.nothingStarted]);
}

/** Everything that is in the way, the worst first, and who can approve it. */
function hurdleLines({ explained, reached, userId }: Why, text: Text): string[] {
  return present([
    ifAny(reached, (limit) => escape(text.notices.limits[limit.limit](limit))),
    ...explained.hurdles.map((hurdle) => hurdleWords(hurdle, text)),
    ifAny(explained.terms, (asked) => approversLine(asked, userId, text)),
  ]).map((one) => `• ${one}`);
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
function holders({ own, sessions }: Ceiling, { policy: { money }, card, usage, joins }: Text): string {
  const links = own.map(({ title, url }) =>
    link(url, truncate(oneLine(title ?? card.untitled), TITLE_LENGTH)),
  );
  const others = sessions - own.length;
  const all = others > 0 ? [...links, money.ofOthers(usage.sessions(others))] : links;
  return all.length === 0 ? '' : money.reservedBy(joins.list(all));
}

/** Who is in a group isn't looked up. */
function approversLine({ approvers, need }: Terms, userId: string, text: Text): string {
  const others = approvers.filter((one) => one.kind !== 'user' || one.id !== userId);
  const enough = others.length >= need || others.some(({ kind }) => kind === 'group');
  const names = text.joins.list(others.map((one) => patternMention(one)));
  return enough ? approversWords(need, names, text) : text.policy.why.lacksApprovers;
}

/** What values of a field may need an approval, or may be refused. */
function announcementWords({ field, wanted }: Announcement, text: Text): string {
  const { fields, policy, details, joins } = text;
  const labeled = (words: string): string => `${escape(fields[field].label)}: ${words}`;
  switch (wanted.kind) {
    case 'names':
      return labeled(code(truncate(joins.list(wanted.names), NAMES_LENGTH)));
    case 'over':
      return labeled(policy.announce.over(acuWords(wanted.acu)));
    case 'switch':
      return labeled(wanted.on ? details.yes : details.no);
  }
}

/** A private message pings nobody. */
function patternMention(one: Terms['approvers'][number]): string {
  switch (one.kind) {
    case 'user':
      return `<@${one.id}>`;
    case 'group':
      return `<!subteam^${one.id}>`;
    case 'email':
      return escape(one.glob);
  }
}
