import { expect, test } from 'vitest';
import { alertName, alertsOf, highestMarks } from '../../../src/session/policy/limits.ts';

const at = new Date('2026-11-26T12:00:00Z');

const passed = (left: number, cap: number) =>
  alertsOf(
    [
      { key: 'acu_per_month', rule: 'limits.acu_per_month', most: 100, left },
      { key: 'acu_per_person_per_day', rule: 'limits.acu_per_person_per_day', most: 100, left: 100 },
    ],
    { userId: 'U1', channelId: 'C1', cap, at },
  );

test.each([
  [50, 24, []],
  [50, 25, ['acu_per_month::2026-11:75']],
  [20, 14, ['acu_per_month::2026-11:75']],
  [20, 15, ['acu_per_month::2026-11:75', 'acu_per_month::2026-11:95']],
])('with %i ACU left and %i reserved, owners are told which marks were passed', (left, cap, names) => {
  expect(passed(left, cap).map(alertName)).toEqual(names);
});

test('a ceiling of a person or a channel is announced by its owner and day', () => {
  expect(passed(100, 80).map(alertName)).toContain('acu_per_person_per_day:U1:2026-11-26:75');
});

test('of two marks of a ceiling passed at once, only the higher is announced', () => {
  expect(highestMarks(passed(0, 80)).map(alertName)).toEqual([
    'acu_per_month::2026-11:95',
    'acu_per_person_per_day:U1:2026-11-26:75',
  ]);
});
