import { fields, type Field } from '../src/session/fields.ts';
import { flagTakes } from '../src/slack/command/values.ts';
import { en } from '../src/text/en.ts';

const START = '<!-- options: written by `npm run docs` -->';
const END = '<!-- /options -->';

/** The README with the option table written anew from the field table. */
export function withOptionsTable(readme: string): string {
  const start = readme.indexOf(START);
  const end = readme.indexOf(END);
  if (start < 0 || end < 0) throw new Error(`README.md has lost the marks ${START} and ${END}.`);
  return `${readme.slice(0, start)}${START}\n\n${optionsTable()}\n${readme.slice(end)}`;
}

function optionsTable(): string {
  const rows = [
    ['Option', 'Flag', 'Takes', 'Sent to Devin as'],
    ...fields.map((field) => [
      en.fields[field.key].label,
      flagOf(field),
      flagTakes(field, en),
      `\`${field.key}\``,
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows.map(line);
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return `${[head, rule, ...body].join('\n')}\n`;
}

function flagOf({ flag, isTask }: Field): string {
  if (flag !== null) return `\`${flag}\``;
  return isTask ? 'the text itself' : 'form only';
}
