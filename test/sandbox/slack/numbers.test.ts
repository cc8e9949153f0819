import { expect, test } from 'vitest';
import { checkMessage } from '../../../sandbox/slack/rules/message.ts';
import { checkView } from '../../../sandbox/slack/rules/view.ts';

const problemsOf = (block: object) => checkMessage({ text: 'words', blocks: [block] }).join('\n');

const labels = (count: number) => Array.from({ length: count }, (_none, at) => `l${at}`);
const series = (name: string, names = labels(2)) => ({
  name,
  data: names.map((label) => ({ label, value: 1 })),
});
const bars = (chart: object = {}) => ({
  type: 'data_visualization',
  title: 'ACU',
  chart: { type: 'bar', series: [series('a')], axis_config: { categories: labels(2) }, ...chart },
});
const cell = (text = 'x') => ({ type: 'raw_text', text });
const cells = (count: number) => Array.from({ length: count }, () => cell());
const table = (rows: number, columns = 2, more: object = {}) => ({
  type: 'data_table',
  caption: 'By person',
  rows: Array.from({ length: rows }, () => cells(columns)),
  ...more,
});

test.each([
  ['a chart', bars()],
  ['20 points', bars({ series: [series('a', labels(20))], axis_config: { categories: labels(20) } })],
  ['12 series', bars({ series: labels(12).map((name) => series(name)) })],
  ['a table', table(2)],
  ['20 columns', table(2, 20)],
])('%s is accepted', (_what, block) => {
  expect(problemsOf(block)).toBe('');
});

test.each([
  ['a title of 51 characters', { ...bars(), title: 'x'.repeat(51) }],
  ['no title', { ...bars(), title: '' }],
  ['a label of 21 characters', bars({ series: [series('x'.repeat(21))] })],
  ['21 points', bars({ series: [series('a', labels(21))], axis_config: { categories: labels(21) } })],
  ['13 series', bars({ series: labels(13).map((name) => series(name)) })],
  ['two series with the same name', bars({ series: [series('a'), series('a')] })],
  ['a point without a category', bars({ axis_config: { categories: ['l0', 'other'] } })],
  ['a category twice', bars({ axis_config: { categories: ['l0', 'l0'] } })],
  ['no series', bars({ series: [] })],
  ['an unknown key', bars({ color: 'red' })],
  ['a table without a caption', table(2, 2, { caption: '' })],
  ['a table with only a heading', table(1)],
  ['202 rows', table(202)],
  ['21 columns', table(2, 21)],
  ['rows of different lengths', { ...table(2), rows: [cells(2), cells(3)] }],
  ['an empty cell', { ...table(2), rows: [cells(1), [cell('')]] }],
  ['more than 20,000 characters', { ...table(2), rows: [cells(1), [cell('x'.repeat(20_001))]] }],
  ["a heading column that doesn't exist", table(2, 2, { row_header_column_index: 2 })],
])('%s is refused', (_what, block) => {
  expect(problemsOf(block)).not.toBe('');
});

test('a third chart in a message is refused', () => {
  expect(checkMessage({ text: 'words', blocks: [bars(), bars()] })).toEqual([]);
  expect(checkMessage({ text: 'words', blocks: [bars(), bars(), bars()] })).not.toEqual([]);
});

test('neither is accepted in a modal', () => {
  const modal = (block: object) =>
    checkView({ type: 'modal', title: { type: 'plain_text', text: 'x' }, blocks: [block] });
  expect(modal(bars())).not.toEqual([]);
  expect(modal(table(2))).not.toEqual([]);
});
