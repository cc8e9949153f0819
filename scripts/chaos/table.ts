import type { Report } from './chaos.ts';
import type { ChaosOptions } from './options.ts';
import { PEOPLE } from './plan.ts';

/** The results of a run, as one table. */
export function renderTable(options: ChaosOptions, report: Report): string {
  const { requests, kills, database, replicas, seed, faults, transport, tempo } = options;
  const head = `${requests} requests, ${report.kills} of ${kills} kills, ${faults} faults, ${database}, ${plural(replicas, 'replica')}, ${transport}, ${tempo} tempo, seed ${seed}`;
  const rows = [...requestRows(report), ...threadRows(report), ...costRows(report)];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `| ${name.padEnd(width)} | ${value.padStart(20)} |`);
  const rule = `| ${'-'.repeat(width)} | ${'-'.repeat(19)}: |`;
  const header = `| ${'What'.padEnd(width)} | ${'How many'.padStart(20)} |`;
  return [head, '', header, rule, ...lines].join('\n');
}

type Row = [name: string, value: string];

function requestRows({
  accepted,
  created,
  notConfirmed,
  notStarted,
  missing,
  cards,
  urlAfterMs,
  startedUnanswered,
}: Report): Row[] {
  const stuck = missing.length;
  return [
    ['accepted requests', String(accepted)],
    ['of them with a session, exactly one', String(created)],
    ['of them told "not confirmed"', String(notConfirmed)],
    ['of them declined or canceled', String(notStarted)],
    ['started although Slack had no answer', String(startedUnanswered)],
    ['cards', String(cards)],
    ['time to the URL, p50 / p99 / max', quantiles(urlAfterMs)],
    ['stuck', String(stuck)],
  ];
}

function threadRows({ threads: { taken, heard, told, said, shown } }: Report): Row[] {
  return [
    ['replies taken / at Devin / told not certain', `${taken} / ${heard} / ${told}`],
    ['messages of Devin / in their threads', `${said} / ${shown}`],
  ];
}

function costRows({ messages, pings, stormMs, settledMs, entries, violations }: Report): Row[] {
  return [
    [`messages per person (${PEOPLE})`, (messages / PEOPLE).toFixed(1)],
    [`pings per person (${PEOPLE})`, (pings / PEOPLE).toFixed(1)],
    ['storm / until all was settled', `${seconds(stormMs)} / ${seconds(settledMs)}`],
    ['entries of the audit, in one chain', String(entries)],
    ['violations', String(violations.length)],
  ];
}

function quantiles(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return [at(0.5), at(0.99), at(1)].map(seconds).join(' / ');
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
