import { describe, expect, test } from 'vitest';
import { fields } from '../../../src/session/fields.ts';
import { type Problem, SUBCOMMANDS } from '../../../src/session/intent.ts';
import { renderHelp, renderProblems } from '../../../src/slack/command/help.ts';
import { parseCommand } from '../../../src/slack/command/parse.ts';
import { en } from '../../../src/text/en.ts';

describe('help', () => {
  test('fits on one screen: three examples, five options, and where to find the rest', () => {
    const { text } = renderHelp({ command: '/devin', topic: null }, en);
    expect(text.split('\n').length).toBeLessThanOrEqual(20);
    expect(text.length).toBeLessThan(1200);
    expect(text.match(/^`--/gm)).toHaveLength(5);
    expect(text.match(/^`\/devin /gm)).toHaveLength(3);
    expect(text).toContain('/devin help options');
    expect(text).toContain('/devin help admin');
    // It isn't true for everyone that sessions run as them.
    expect(text).toContain('`/devin whoami` shows who your sessions run as');
  });

  test('names every option, the mode words and what only the form has in "help options"', () => {
    const { text } = renderHelp({ command: '/devin', topic: 'options' }, en);
    for (const { flag, key } of fields.filter((field) => field.flag !== null)) {
      expect(text).toContain(`\`${flag}\``);
      expect(text).toContain(en.fields[key].takes);
    }
    expect(text).toContain('`!fast`');
    expect(text).toContain(en.fields.session_secrets.label);
  });

  test('names every sub-command', () => {
    const [options, admin] = (['options', 'admin'] as const).map(
      (topic) => renderHelp({ command: '/devin', topic }, en).text,
    );
    for (const name of SUBCOMMANDS) expect(`${options}${admin}`).toContain(`\`/devin ${name}`);
    expect(admin).toContain('defaults channel');
  });

  test.each([null, 'options', 'admin'] as const)("stays within Slack's limits: %s", (topic) => {
    const { text, blocks } = renderHelp({ command: `/${'d'.repeat(31)}`, topic }, en);
    expect(text.length).toBeLessThanOrEqual(4000);
    expect(text).not.toContain('…\n');
    expect(blocks.length).toBeLessThanOrEqual(50);
    const lengths = blocks.map((block) => (block.type === 'section' ? (block.text?.text.length ?? 0) : 0));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(3000);
  });

  test("has examples that start a session, with the installation's own command", () => {
    expect(renderHelp({ command: '/cog', topic: null }, en).text).toContain(
      `/cog ${en.command.help.examples[0]}`,
    );
    for (const example of en.command.help.examples) expect(parseCommand(example).kind).toBe('create');
  });
});

describe('problems', () => {
  function sentences(typed: string): string[] {
    const intent = parseCommand(typed);
    return intent.kind === 'invalid' ? renderProblems(intent.problems, '/devin', en) : [];
  }

  test('every kind of problem has a sentence that names its flag', () => {
    const problems: Problem[] = [
      { kind: 'unknown-flag', flag: '--x', meant: null },
      { kind: 'too-many', field: 'title', most: 1, given: 2 },
      { kind: 'missing-value', field: 'title' },
      { kind: 'bad-value', field: 'title', value: 'x' },
      { kind: 'unclosed-quote', field: 'title', value: '"x' },
      { kind: 'repeated', field: 'title' },
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
