import { describe, expect, test } from 'vitest';
import { checkMessage } from '../../../sandbox/slack/rules/message.ts';
import { checkView } from '../../../sandbox/slack/rules/view.ts';
import { sinceDays, summarize, USAGE_BY, type UsageBy, type UsageRow } from '../../../src/session/usage.ts';
import { LIMIT } from '../../../src/slack/blocks/limits.ts';
import {
  homeEveryone,
  homeUsage,
  NOTHING_FROM_DEVIN,
  renderUsage,
  type UsageReport,
} from '../../../src/slack/blocks/usage.ts';
import { en } from '../../../src/text/en.ts';

const NOW = new Date('2026-11-26T15:00:00Z');
const HOSTILE = '<!channel> *x* `y`'.repeat(20);

const rows = Array.from({ length: 300 }, (_none, at): UsageRow => ({
  userId: `U${at}`,
  channelId: `C${at}`,
  at: new Date(NOW.getTime() - at * 3_600_000),
  consumed: at / 10,
  isOpen: at % 3 === 0,
  mode: at % 2 === 0 ? null : HOSTILE,
  repos: [`${HOSTILE}${at}`],
  merged: at % 2,
}));

function reportOf(by: UsageBy, of = rows, days = 30): UsageReport {
  const summary = summarize(of, { by, since: sinceDays(days, NOW), days });
  const left = [
    { key: 'acu_per_person_per_day' as const, most: 60, left: 12.34 },
    { key: 'acu_per_month' as const, most: 2000, left: -3 },
  ];
  return {
    scope: 'workspace',
    by,
    days,
    left,
    summary,
    medianWaitMs: 240_000,
    newest: null,
    devin: NOTHING_FROM_DEVIN,
  };
}

describe('a report of usage', () => {
  test.each(USAGE_BY)('by %s is valid in Slack', (by) => {
    expect(checkMessage(renderUsage(reportOf(by), en))).toEqual([]);
  });

  test.each(USAGE_BY)('by %s is no longer than Slack takes in a private message', (by) => {
    const { blocks } = renderUsage(reportOf(by), en);
    expect(JSON.stringify(blocks).length).toBeLessThanOrEqual(LIMIT.messageJson);
  });

  test.each([1, 7, 30, 365])('of %i days is valid in Slack', (days) => {
    expect(checkMessage(renderUsage(reportOf('mode', rows, days), en))).toEqual([]);
  });

  test('says in its text everything that its blocks show, budgets first', () => {
    const { text } = renderUsage(reportOf('person', rows.slice(0, 3)), en);
    expect(text.split('\n').slice(0, 6)).toEqual([
      '*Usage in this workspace, last 30 days*',
      'You have 12.3 of 60 ACU left today.',
      'Everyone together has 0 of 2,000 ACU left this month.',
      '3 sessions · 0.3 ACU',
      '0.3 ACU per merged pull request',
      '2 ended, 1 with a merged pull request',
    ]);
    expect(text).toContain('Devin waited 4 min for an answer (median)');
    expect(text).toContain('• <@U2>: 0.2 ACU · 1 session');
    expect(text).toContain('Nov 26: 0.3');
  });

  test('mentions nobody, whatever a repository is called', () => {
    const { text } = renderUsage(reportOf('repo'), en);
    expect(text).not.toContain('<!channel>');
  });

  test.each([
    [20.3, '20.3 ACU', true],
    [0.1, '0.1 ACU', true],
    [0.3, '0.3 ACU', false],
  ])('with %d ACU in Devin says why the figures differ, if they do', (acu, counts, differs) => {
    const report = { ...reportOf('mode', rows.slice(0, 3)), devin: { acu, work: null } };
    const rendered = renderUsage(report, en);
    expect(rendered.text).toContain(`Devin counts, in the whole organization: ${counts}\n`);
    expect(rendered.text.includes(en.usage.devin.why)).toBe(differs);
    expect(JSON.stringify(rendered.blocks)).toContain(counts);
  });

  test.each([
    [{ sessions: 14, pullRequests: 12, merged: 9 }, '14 sessions · 20 ACU · 12 pull requests (9 merged)'],
    [{ sessions: 1, pullRequests: 1, merged: 0 }, '1 session · 20 ACU · 1 pull request (0 merged)'],
  ])('with %j in Devin shows in one line what the whole organization did', (work, counts) => {
    const report = { ...reportOf('mode', rows.slice(0, 3)), devin: { acu: 20, work } };
    const rendered = renderUsage(report, en);
    expect(rendered.text).toContain(
      `Devin counts, in the whole organization: ${counts}\n${en.usage.devin.why}`,
    );
    expect(rendered.text.match(/Devin counts,/g)).toHaveLength(1);
  });

  test('without anything here or in Devin says nothing about Devin', () => {
    const devin = { acu: 0, work: { sessions: 0, pullRequests: 0, merged: 0 } };
    const { text } = renderUsage({ ...reportOf('mode', []), devin }, en);
    expect(text).not.toContain('Devin counts');
  });

  test("without a number from Devin doesn't mention it", () => {
    const { text } = renderUsage(reportOf('mode'), en);
    expect(text).not.toContain('Devin counts');
  });

  test.each([
    [15, null],
    [16, 'And 1 more.'],
    [300, 'And 285 more.'],
  ])('of %i groups names 15 and says how many more there are', (count, more) => {
    const { text } = renderUsage(reportOf('person', rows.slice(0, count)), en);
    expect(text.match(/^• /gm)).toHaveLength(15);
    expect(/^And .*$/m.exec(text)?.[0] ?? null).toBe(more);
  });

  test('says how budgets count only if there are any', () => {
    const report = reportOf('mode');
    const noteOf = (left: UsageReport['left']) =>
      renderUsage({ ...report, left }, en).text.includes(en.usage.budgets);
    expect([noteOf(report.left), noteOf([])]).toEqual([true, false]);
  });

  test('without sessions says so', () => {
    const rendered = renderUsage(reportOf('mode', []), en);
    expect(rendered.text).toContain('No sessions were started in this period.');
    expect(checkMessage(rendered)).toEqual([]);
  });
});

test("usage in Home is valid in Slack, shows no channel's budget, and is left out if there is none", () => {
  const report = reportOf('mode');
  const ofChannel = { key: 'acu_per_channel_per_day' as const, most: 9, left: 9 };
  const usage = { ...report, left: [...report.left, ofChannel] };
  const shown = homeUsage(usage, '/devin', en);
  expect(checkView({ type: 'home', blocks: shown })).toEqual([]);
  expect(JSON.stringify(shown)).not.toContain('This channel');
  const none = { ...reportOf('mode', []), left: [] };
  expect(homeUsage(none, '/devin', en)).toEqual([]);
});

test('usage of everyone in Home names the five who used most, and is valid in Slack', () => {
  const shown = homeEveryone({ ...reportOf('person'), devin: { acu: 5000, work: null } }, '/devin', en);
  expect(checkView({ type: 'home', blocks: shown })).toEqual([]);
  const words = JSON.stringify(shown);
  expect(words.match(/• <@U\d+>/g)).toEqual(['299', '298', '297', '296', '295'].map((id) => `• <@U${id}>`));
  expect(words).toContain('And 295 more.');
  expect(words).toContain('Devin counts, in the whole organization: 5,000 ACU');
});
