import type { BudgetAlert, Ceiling } from '../../session/policy/limits.ts';
import type { UsageAsked, UsageBy, UsageGroup, UsageSummary } from '../../session/usage.ts';
import { acuWords, moneyWords, type Text } from '../../text/index.ts';
import { joinParts, packed, small, titled, type Rendered } from './objects.ts';
import { bold, code, escape, facts, ifAny, mention, oneLine, present, truncate } from './text.ts';

export type UsageReport = UsageAsked & {
  /** Those that are in force here. */
  budgets: readonly Ceiling[];
  summary: UsageSummary;
  /** How many entries are counted; null: all. */
  newest: number | null;
};

const NAME_LENGTH = 100;
const SHOWN_GROUPS = 15;
/** A row is one line of a narrow window. */
const BAR_LENGTH = 5;

/** Who spent what: budgets, the total, and a bar of text for each row. */
export function renderUsage(report: UsageReport, text: Text): Rendered {
  const { usage } = text;
  const newest = ifAny(report.newest, (count) => usage.newestOnly(count.toLocaleString('en-US')));
  return joinParts([
    packed([
      bold(usage.heading(scopeWords(report.scope, text), report.days)),
      ...moneyLines(report.budgets, text),
    ]),
    packed(reportLines(report, text)),
    small(text.joins.sentences(present([newest, usage.utc]))),
  ]);
}

export function moneyLines(ceilings: readonly Ceiling[], text: Text): string[] {
  const { whose } = text.policy.money;
  return ceilings.map((one) => `${whose[one.key]}: ${moneyWords(one, text)}`);
}

/** Whose usage it is. */
const scopeWords = (scope: UsageAsked['scope'], { settings: { scopes } }: Text): string =>
  scopes[scope === 'me' ? 'person' : scope];

/** The total, then the rows. */
function reportLines({ summary, by }: UsageReport, text: Text): string[] {
  const { usage } = text;
  const { groups, sessions, acu: total } = summary;
  if (groups.length === 0) return [usage.none];
  const longest = Math.max(...groups.map(({ acu }) => acu));
  const lines = groups.slice(0, SHOWN_GROUPS).map((group) => {
    const { acu } = group;
    const who = groupName(group, by, text);
    return `${barOf(acu, longest)} ${facts(who, `${acuWords(acu)} ACU`, usage.sessions(group.sessions))}`.trim();
  });
  const more = groups.length - lines.length;
  return [
    facts(usage.sessions(sessions), `${acuWords(total)} ACU`),
    bold(usage.byTitle[by]),
    ...lines,
    ...(more > 0 ? [usage.othersLeftOut(more)] : []),
  ];
}

/** Something, if anything was used. */
function barOf(acu: number, longest: number): string {
  return acu > 0 ? '▇'.repeat(Math.max(1, Math.round((acu / longest) * BAR_LENGTH))) : '';
}

/** Escaped. */
function groupName({ name }: UsageGroup, by: UsageBy, { details }: Text): string {
  if (name === null) return details.none;
  const shown = escape(truncate(oneLine(name), NAME_LENGTH));
  if (by === 'person') return `<@${shown}>`;
  return by === 'channel' ? `<#${shown}>` : shown;
}

type AlertShown = { alert: BudgetAlert; over: 'refuse' | 'approve'; command: string };

/** How much of a budget is used, what happens at its end, and where to look. */
export function renderBudgetAlert({ alert, over, command }: AlertShown, text: Text): Rendered {
  const words = text.usage.alert;
  const { key, subject, most, used, period } = alert;
  const percent = Math.floor((used * 100) / most);
  // A link calls nobody: the person is not in this conversation.
  const whose = key === 'acu_per_person_per_day' ? mention(subject ?? '') : `<#${escape(subject ?? '')}>`;
  return titled(
    words.heading(subject === null ? words.month : words.day(whose), percent),
    `${period} (UTC): ${moneyWords(alert, text)}`,
    words.next[over],
    text.usage.more(code(`${command} usage workspace --by person`)),
  );
}
