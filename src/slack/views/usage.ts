import type { KnownBlock } from '@slack/types';
import type { BudgetAlert, Ceiling } from '../../session/policy/limits.ts';
import type { UsageAsked, UsageBy, UsageGroup, UsageSummary } from '../../session/usage.ts';
import { acuWords, moneyWords, type Text } from '../../text/index.ts';
import { context, joinParts, packed, sections, small, titled, type Rendered } from './objects.ts';
import { bold, code, escape, ifAny, mention, oneLine, present, truncate } from './text.ts';

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
      bold(usage.heading(usage.title[report.scope], report.days)),
      ...moneyLines(report.budgets, text),
    ]),
    packed(reportLines(report, text)),
    small(text.joins.sentences(present([newest, usage.utc]))),
  ]);
}

export function moneyLines(ceilings: readonly Ceiling[], text: Text): string[] {
  const { whose } = text.policy.money;
  return ceilings.map((one) => text.joins.labeled(whose[one.key], moneyWords(one, text)));
}

/** The total, then the rows. */
function reportLines({ summary, by }: HomeEveryone, text: Text, most = SHOWN_GROUPS): string[] {
  const { usage, card } = text;
  const { groups, sessions, acu: total } = summary;
  if (groups.length === 0) return [usage.none];
  const longest = Math.max(...groups.map(({ acu }) => acu));
  const lines = groups.slice(0, most).map((group) => {
    const { acu } = group;
    const facts = [groupName(group, by, text), card.acuUsed(acuWords(acu)), usage.sessions(group.sessions)];
    return `${barOf(acu, longest)} ${facts.join(' · ')}`.trim();
  });
  const more = groups.length - lines.length;
  return [
    `${usage.sessions(sessions)} · ${card.acuUsed(acuWords(total))}`,
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

/** Of everyone, for those who may see it. */
export type HomeEveryone = Pick<UsageReport, 'by' | 'days' | 'summary'>;

const MOST_PEOPLE = 5;

export function homeEveryone(everyone: HomeEveryone, command: string, text: Text): KnownBlock[] {
  const { title, heading } = text.usage;
  const lines = [bold(heading(title.workspace, everyone.days)), ...reportLines(everyone, text, MOST_PEOPLE)];
  const more = context(text.usage.more(code(`${command} usage workspace --by person`)));
  return [{ type: 'divider' }, ...sections(lines), more];
}

type AlertShown = { alert: BudgetAlert; over: 'refuse' | 'approve'; command: string };

/** How much of a budget is used, what happens at its end, and where to look. */
export function renderBudgetAlert({ alert, over, command }: AlertShown, text: Text): Rendered {
  const words = text.usage.alert;
  const { key, most, used, period } = alert;
  const percent = Math.floor((used * 100) / most);
  const title = words.heading(words[key](subjectWords(alert)), percent);
  const lines = [
    words.counted(moneyWords(alert, text), period),
    words.next[over],
    words.more(code(`${command} usage workspace --by person`)),
  ];
  return titled(title, ...lines);
}

/** A link, which calls nobody: the person is not in this conversation. */
function subjectWords({ key, subject }: BudgetAlert): string {
  if (subject === null) return '';
  return key === 'acu_per_person_per_day' ? mention(subject) : `<#${escape(subject)}>`;
}
