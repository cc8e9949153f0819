import { readFileSync } from 'node:fs';
import { fields, type Field } from '../src/session/fields.ts';
import { CONDITIONS } from '../src/session/policy/conditions.ts';
import { flagTakes } from '../src/slack/command/help.ts';
import { en } from '../src/text/en.ts';

/** The list of options with its table written anew from the field table. */
export function withOptionsTable(document: string): string {
  const rows = fields.map((field) => [
    en.fields[field.key].label,
    flagOf(field),
    flagTakes(field, en),
    `\`${field.key}\``,
  ]);
  return withTable(document, 'options', [['Option', 'Flag', 'Takes', 'Sent to Devin as'], ...rows]);
}

/** The guide to the policy file with what a rule's `when` can have, from the table of conditions. */
export function withConditionsTable(guide: string): string {
  const rows = CONDITIONS.map(({ key, doc }) => [`\`${key}\``, doc]);
  return withTable(guide, 'conditions', [['Condition', 'Takes, and what it matches'], ...rows]);
}

/** Opens Slack with manifest.yml filled in. https://docs.slack.dev/app-manifests/configuring-apps-with-app-manifests */
export function withManifestLink(document: string): string {
  const manifest = readFileSync('manifest.yml', 'utf8').replaceAll(/^ *#.*\n/gm, '');
  const link = `https://api.slack.com/apps?new_app=1&manifest_yaml=${encodeURIComponent(manifest)}`;
  return document.replace(/https:\/\/api\.slack\.com\/apps[^)]*/, () => link);
}

function withTable(document: string, name: string, rows: string[][]): string {
  const [first, last] = [`<!-- ${name}: written by \`npm run docs\` -->`, `<!-- /${name} -->`];
  const start = document.indexOf(first);
  const end = document.indexOf(last);
  if (start < 0 || end < 0) throw new Error(`A document has lost the marks ${first} and ${last}.`);
  return `${document.slice(0, start)}${first}\n\n${tableOf(rows)}\n${document.slice(end)}`;
}

function tableOf(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_head, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows.map(line);
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return `${[head, rule, ...body].join('\n')}\n`;
}

function flagOf({ flag, isTask }: Field): string {
  if (flag !== null) return `\`${flag}\``;
  return isTask === true ? 'the text itself' : 'form only';
}
