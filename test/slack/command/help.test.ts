import { describe, expect, test } from 'vitest';
import { fields } from '../../../src/session/fields.ts';
import { type Problem, SUBCOMMANDS } from '../../../src/session/intent.ts';
import { renderHelp, renderProblems } from '../../../src/slack/command/help.ts';
import { parseCommand } from '../../../src/slack/command/parse.ts';
import { en } from '../../../src/text/en.ts';

describe('help', () => {
  test('names every option, the mode words and what only the form has in "help options"', () => {
    const { text } = renderHelp({ command: '/devin', withOptions: true }, en);
    for (const { flag, key } of fields.filter((field) => field.flag !== null)) {
      expect(text).toContain(`\`${flag}\``);
      expect(text).toContain(en.fields[key].takes);
    }
    expect(text).toContain('`!fast`');
    expect(text).toContain(en.fields.session_secrets.label);
  });

  test('names every sub-command', () => {
    const { text } = renderHelp({ command: '/devin', withOptions: true }, en);
    for (const name of SUBCOMMANDS) expect(text).toContain(`\`/devin ${name}`);
    expect(SUBCOMMANDS).toHaveLength(13);
  });

  test.each([false, true])("stays within Slack's limits, with all options: %s", (withOptions) => {
    const { text, blocks } = renderHelp({ command: `/${'d'.repeat(31)}`, withOptions }, en);
    expect(text.length).toBeLessThanOrEqual(4000);
    expect(text).not.toContain('…\n');
    expect(blocks.length).toBeLessThanOrEqual(50);
    const lengths = blocks.map((block) => (block.type === 'section' ? (block.text?.text.length ?? 0) : 0));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(3000);
  });
});

describe('problems', () => {
  function sentences(typed: string): string[] {
    const intent = parseCommand(typed);
    return intent.kind === 'invalid' ? renderProblems(intent.problems, '/devin', en) : [];
  }

  test('every kind of problem has a sentence that names its flag', () => {
    const problems: Problem[] = [
      { kind: 'unknown-flag', flag: '--x' },
      { kind: 'too-many', field: 'title', most: 1, given: 2 },
      { kind: 'missing-value', field: 'title' },
      { kind: 'bad-value', field: 'title', value: 'x' },
    ];
    const [first, ...others] = renderProblems(problems, '/devin', en);
    expect(first).toContain('`--x`');
    for (const sentence of others) expect(sentence).toContain('`--title`');
  });

  test('nothing that was typed can mention or link, however long it is', () => {
    const [sentence = ''] = sentences(`x --acu &lt;!channel&gt;${'é'.repeat(5000)}`);
    expect(sentence).not.toMatch(/[<>]/);
    expect(sentence.length).toBeLessThan(600);
  });
});
