import type { Block } from '../../slack/rules/blocks.ts';
import type { AppState } from './app.ts';
import { h } from './h.ts';
import type { Child } from './h.ts';
import { table } from './rich-text.ts';

type Chart = Extract<Block, { type: 'data_visualization' }>;
type DataTable = Extract<Block, { type: 'data_table' }>;

/** Charts of every kind are shown as bars, each with its number. */
export function chart({ title, chart: drawn }: Chart): Child {
  const points = drawn.type === 'pie' ? drawn.segments : drawn.series.flatMap(({ data }) => data);
  const most = Math.max(1, ...points.map(({ value }) => value));
  const row = ({ label, value }: (typeof points)[number]): Child => {
    const meter = { min: '0', max: String(most), value: String(value), 'aria-label': label };
    return h(
      'tr',
      {},
      h('th', { scope: 'row' }, label),
      h('td', {}, h('meter', meter)),
      h('td.right', {}, String(value)),
    );
  };
  return h('figure.chart', {}, h('figcaption', {}, title), h('table', {}, h('tbody', {}, points.map(row))));
}

export function dataTable(state: AppState, { rows, caption }: DataTable): Child {
  return h('figure', {}, h('figcaption', {}, caption), table(state, { type: 'table', rows }));
}
