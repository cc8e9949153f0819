import { describe, expect, test } from 'vitest';
import { checkMessage } from '../../../sandbox/slack/rules/message.ts';
import { checkView } from '../../../sandbox/slack/rules/view.ts';
import { summarize, USAGE_BY, type UsageBy, type UsageRow } from '../../../src/session/usage.ts';
import { LIMIT } from '../../../src/slack/views/limits.ts';
import { homeEveryone, homeUsage, renderUsage, type UsageReport } from '../../../src/slack/views/usage.ts';
import { en } from '../../../src/text/en.ts';

const NOW = new Date('2026-11-26T15:00:00Z');
const HOSTILE = '<!channel> *x* `y`'.repeat(20);

const rows = Array.from({ length: 300 }, (_none, at): UsageRow => ({
  requestId: `r${at}`,
  userId: `U${at}`,
  channelId: `C${at}`,
  at: new Date(NOW.getTime() - at * 3_600_000),
  consumed: at / 10,
  repos: [`${HOSTILE}${at}`],
}));

const COUNTED = { used: 3.4, reserved: 53.6, sessions: 4, own: [] };

function reportOf(by: UsageBy, of = rows, days = 30): UsageReport {
  const budgets = [
    { key: 'acu_per_person_per_day' as const, most: 60, ...COUNTED },
    { key: 'acu_per_month' as const, most: 2000, ...COUNTED, used: 2003 },
  ];
  return { scope: 'workspace', by, days, budgets, summary: summarize(of, by), newest: null };
}

describe('a report of usage', () => {
  test.each(USAGE_BY)('by %s is valid in Slack', (by) => {
    expect(checkMessage(renderUsage(reportOf(by), en))).toEqual([]);
  });

  test.each(USAGE_BY)('by %s is no longer than Slack takes in a private message', (by) => {
    const { blocks } = renderUsage(reportOf(by), en);
    expect(JSON.stringify(blocks).length).toBeLessThanOrEqual(LIMIT.messageJson);
  });

  test('says in its text everything that its blocks show, budgets first, with a bar for each row', () => {
    const { text } = renderUsage(reportOf('person', rows.slice(0, 3)), en);
    expect(text.split('\n').slice(0, 6)).toEqual([
      '*Usage in this workspace, last 30 days*',
      'You today: 3.4 used · 53.6 reserved by 4 sessions · 3 free of 60 ACU',
      'This workspace this month: 2,003 used · 53.6 reserved by 4 sessions · 0 free of 2,000 ACU',
      '3 sessions · 0.3 ACU',
      '*By person*',
      '▇▇▇▇▇▇▇▇▇▇ <@U2> · 0.2 ACU · 1 session',
    ]);
  });

  test('mentions nobody, whatever a repository is called', () => {
    const { text } = renderUsage(reportOf('repo'), en);
    expect(text).not.toContain('<!channel>');
  });

  test.each([
    [15, null],
    [16, 'And 1 more.'],
    [300, 'And 285 more.'],
  ])('of %i groups names 15 and says how many more there are', (count, more) => {
    const { text } = renderUsage(reportOf('person', rows.slice(0, count)), en);
    expect(text.match(/^▇* ?<@/gm)).toHaveLength(15);
    expect(/^And .*$/m.exec(text)?.[0] ?? null).toBe(more);
  });
});

test("usage in Home is valid in Slack, shows no channel's budget, and is left out if there is none", () => {
  const report = reportOf('month');
  const ofChannel = { key: 'acu_per_channel_per_day' as const, most: 9, ...COUNTED };
  const usage = { ...report, budgets: [...report.budgets, ofChannel] };
  const shown = homeUsage(usage, '/devin', en);
  expect(checkView({ type: 'home', blocks: shown })).toEqual([]);
  expect(JSON.stringify(shown)).not.toContain('This channel');
  const none = { ...reportOf('month', []), budgets: [] };
  expect(homeUsage(none, '/devin', en)).toEqual([]);
});

test('usage of everyone in Home names the five who used most, and is valid in Slack', () => {
  const shown = homeEveryone(reportOf('person'), '/devin', en);
  expect(checkView({ type: 'home', blocks: shown })).toEqual([]);
  const words = JSON.stringify(shown);
  expect(words.match(/<@U\d+>/g)).toEqual(['299', '298', '297', '296', '295'].map((id) => `<@U${id}>`));
  expect(words).toContain('And 295 more.');
});
