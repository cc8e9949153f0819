import type { KnownBlock } from '@slack/types';
import type { BudgetAlert, CeilingLeft } from '../../session/policy/limits.ts';
import type { UsageBy, UsageGroup, UsageScope, UsageSummary } from '../../session/usage.ts';
import { acuWords, durationWords, leftWords, rounded } from '../../text/amounts.ts';
import type { Text } from '../../text/index.ts';
import { context, joinParts, packed, sections, small, titled, type Rendered } from './objects.ts';
import { bold, code, escape, oneLine, truncate } from './text.ts';

export type UsageReport = {
  scope: UsageScope['kind'];
  by: UsageBy;
  days: number;
  /** Of the budgets that are in force here. */
  left: readonly CeilingLeft[];
  summary: UsageSummary;
  /** null: no question was answered. */
  medianWaitMs: number | null;
  /** How many sessions are counted; null: all. */
  newest: number | null;
  devin: DevinCounts;
};

/** Devin's figures for the whole organization; null: not known, or not for the reader. */
export type DevinCounts = {
  acu: number | null;
  work: { sessions: number; pullRequests: number; merged: number } | null;
};
export const NOTHING_FROM_DEVIN: DevinCounts = { acu: null, work: null };

const NAME_LENGTH = 100;
const SHOWN_GROUPS = 15;

export function renderUsage(report: UsageReport, text: Text): Rendered {
  const { usage } = text;
  const left = leftLines(report.left, text);
  const notes = [
    ...(report.newest === null ? [] : [usage.newestOnly(report.newest.toLocaleString('en-US'))]),
    usage.utc,
    ...(left.length === 0 ? [] : [usage.budgets]),
  ];
  return joinParts([
    packed([heading(usage.title[report.scope], report, text), ...left]),
    packed([...totalLines(report, text), ...devinLines(report, text)]),
    packed(groupLines(report, text)),
    packed(spanLines(report, text)),
    small(text.joins.sentences(notes)),
  ]);
}

export function leftLines(left: readonly CeilingLeft[], { policy: { ceilings } }: Text): string[] {
  return left.map((one) => ceilings.left[one.key](...leftWords(one)));
}

function heading(title: string, { days }: Pick<UsageReport, 'days'>, { usage }: Text): string {
  return bold(usage.heading(title, usage.days(days)));
}

/** Devin's figures in one line, and why they differ from ours, if they do. */
function devinLines({ summary, devin: { acu, work } }: Counted, text: Text): string[] {
  const { usage } = text;
  const facts = [
    ...(work === null ? [] : [usage.sessions(work.sessions)]),
    ...(acu === null ? [] : [text.card.acuUsed(acuWords(acu))]),
    ...(work === null ? [] : [usage.devin.pullRequests(work.pullRequests, work.merged)]),
  ];
  if (facts.length === 0 || isNothing({ summary, devin: { acu, work } })) return [];
  const isSameAcu = acu === null || rounded(acu - summary.acu) === 0;
  const isSame = isSameAcu && (work === null || work.sessions === summary.sessions);
  return [usage.devin.counts(facts.join(' · ')), ...(isSame ? [] : [usage.devin.why])];
}
type Counted = Pick<UsageReport, 'summary' | 'devin'>;

function isNothing({ summary, devin: { acu, work } }: Counted): boolean {
  const counted = [summary.sessions, acu ?? 0, work?.sessions ?? 0, work?.pullRequests ?? 0];
  return counted.every((count) => count === 0);
}

function totalLines({ summary, medianWaitMs }: Totals, text: Text): string[] {
  const { usage, card } = text;
  const { sessions, acu, acuPerMerged, ended, endedMerged } = summary;
  if (sessions === 0) return [usage.none];
  return [
    `${usage.sessions(sessions)} · ${card.acuUsed(acuWords(acu))}`,
    ...(acuPerMerged === null ? [] : [usage.acuPerMerged(acuWords(acuPerMerged))]),
    ...(ended === 0 ? [] : [usage.endedMerged(endedMerged, ended)]),
    ...(medianWaitMs === null ? [] : [usage.waited(durationWords(medianWaitMs, text))]),
  ];
}
type Totals = Pick<UsageReport, 'summary' | 'medianWaitMs'>;

function spanLines({ summary: { spans } }: UsageReport, { usage }: Text): string[] {
  const used = spans.filter(({ acu }) => acu > 0);
  const [first] = used;
  if (first === undefined) return [];
  const title = first.days === 1 ? usage.perDay : usage.perDays(first.days);
  return [bold(title), used.map(({ from, acu }) => `${usage.day(from)}: ${acuWords(acu)}`).join(' · ')];
}

function groupLines(
  { summary: { groups }, by }: Pick<UsageReport, 'summary' | 'by'>,
  { usage, card }: Text,
  most = SHOWN_GROUPS,
): string[] {
  if (groups.length === 0) return [];
  const lines = groups.slice(0, most).map((group) => {
    const facts = [
      card.acuUsed(acuWords(group.acu)),
      usage.sessions(group.sessions),
      ...(group.merged === 0 ? [] : [usage.merged(group.merged)]),
    ];
    return `• ${groupName(group, by, usage)}: ${facts.join(' · ')}`;
  });
  const more = groups.length - lines.length;
  return [bold(usage.byTitle[by]), ...lines, ...(more > 0 ? [usage.othersLeftOut(more)] : [])];
}

/** Escaped. */
function groupName({ name }: UsageGroup, by: UsageBy, usage: Text['usage']): string {
  if (name === null) return usage.noName[by];
  const shown = escape(truncate(oneLine(name), NAME_LENGTH));
  if (by === 'person') return `<@${shown}>`;
  return by === 'channel' ? `<#${shown}>` : shown;
}

/** A person's own, in App Home. */
export type HomeUsage = Pick<UsageReport, 'days' | 'left' | 'summary' | 'medianWaitMs'>;

/** Of everyone, for those who may see it. */
export type HomeEveryone = Pick<UsageReport, 'by' | 'days' | 'summary' | 'medianWaitMs' | 'devin'>;

/**
 * What is left of budgets first, then the person's own totals; nothing if there is neither. Home is no channel, so it
 * shows no channel's budget.
 */
export function homeUsage(usage: HomeUsage, command: string, text: Text): KnownBlock[] {
  const { title } = text.usage.home;
  const left = usage.left.filter(({ key }) => key !== 'acu_per_channel_per_day');
  if (usage.summary.sessions === 0 && left.length === 0) return [];
  const lines = [...leftLines(left, text), ...totalLines(usage, text)];
  return homePart([heading(title, usage, text), ...lines], `${command} usage`, text);
}

const MOST_PEOPLE = 5;

export function homeEveryone(everyone: HomeEveryone, command: string, text: Text): KnownBlock[] {
  const lines = [...totalLines(everyone, text), ...devinLines(everyone, text)];
  const people = groupLines(everyone, text, MOST_PEOPLE);
  const all = [heading(text.usage.title.workspace, everyone, text), ...lines, ...people];
  return homePart(all, `${command} usage workspace --by person`, text);
}

/** `more`: the command that shows it. */
function homePart(lines: readonly string[], more: string, text: Text): KnownBlock[] {
  return [{ type: 'divider' }, ...sections(lines), context(text.usage.home.more(code(more)))];
}

type AlertShown = { alert: BudgetAlert; over: 'refuse' | 'approve'; command: string };

/** How much of a budget is used, what happens at its end, and where to look. */
export function renderBudgetAlert({ alert, over, command }: AlertShown, text: Text): Rendered {
  const words = text.usage.alert;
  const { key, percent, counted, most, period } = alert;
  const title = words.heading(words[key](subjectWords(alert)), percent);
  const lines = [
    words.counted(acuWords(counted), acuWords(most), period),
    words.next[over],
    words.more(code(`${command} usage workspace --by person`)),
  ];
  return titled(title, ...lines);
}

/** A link, which calls nobody: the person is not in this conversation. */
function subjectWords({ key, subject }: BudgetAlert): string {
  if (subject === null) return '';
  return key === 'acu_per_person_per_day' ? `<@${escape(subject)}>` : `<#${escape(subject)}>`;
}
