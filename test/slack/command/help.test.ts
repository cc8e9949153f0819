import { describe, expect, test } from 'vitest';
import { fields } from '../../../src/session/fields.ts';
import type { Problem } from '../../../src/session/intent.ts';
import { renderHelp, renderProblems } from '../../../src/slack/command/help.ts';
import { parseCommand } from '../../../src/slack/command/parse.ts';
import { SUBCOMMANDS } from '../../../src/session/intent.ts';
import { en } from '../../../src/text/en.ts';

describe('help', () => {
  test('names every flag, what it takes, the mode words and what only the form has', () => {
    const { text } = renderHelp(en, '/devin');
    for (const { flag, key } of fields.filter((field) => field.flag !== null)) {
      expect(text).toContain(`\`${flag}\``);
      expect(text).toContain(en.fields[key].takes);
    }
    expect(text).toContain('`!fast`');
    expect(text).toContain(en.fields.session_secrets.label);
  });

  test('stays within what Slack shows, with every sub-command and the longest command', () => {
    const { text, blocks } = renderHelp(en, `/${'d'.repeat(31)}`, SUBCOMMANDS);
    expect(text.length).toBeLessThanOrEqual(4000);
    expect(text).not.toContain('…\n');
    expect(blocks.length).toBeLessThanOrEqual(50);
    const lengths = blocks.map((block) => (block.type === 'section' ? (block.text?.text.length ?? 0) : 0));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(3000);
  });

  test('shows only the sub-commands that are answered', () => {
    expect(renderHelp(en, '/devin').text).not.toContain('/devin list');
    expect(renderHelp(en, '/devin', ['help', 'list']).text).toContain('/devin list');
  });

  test("gives examples that start a session, in the installation's own command", () => {
    expect(renderHelp(en, '/cog').text).toContain(`/cog ${en.command.help.examples[0]}`);
    for (const example of en.command.help.examples) expect(parseCommand(example).kind).toBe('create');
  });
});

describe('problems', () => {
  function sentences(typed: string): string[] {
    const intent = parseCommand(typed);
    return intent.kind === 'invalid' ? renderProblems(intent.problems, { typed, where: 'task' }, en) : [];
  }

  test('an unknown flag is told with the nearest one and what that takes', () => {
    expect(sentences('x --repos a/b')).toEqual([
      'There is no option `--repos`. Did you mean `--repo`? It takes owner/repo, repeatable or separated by commas. If it belongs to the task, put it in backticks.',
    ]);
    expect(sentences('x --branch main')[0]).not.toContain('Did you mean');
  });

  test.each([
    ['--session-secrets', 'Secrets for this session only'],
    ['--structured_output_schema', 'Structured result (JSON Schema)'],
  ])('%s is told to be in the form only', (flag, label) => {
    expect(sentences(`x ${flag} A=b`)).toEqual([
      `There is no option \`${flag}\`: "${label}" is set in the form, which the button below opens.`,
    ]);
  });

  test('a sub-command without what it takes is told what that is', () => {
    expect(sentences('stop')).toEqual([
      '`stop` needs more: `stop &lt;session&gt;`. `list` shows your sessions, `help` every command.',
    ]);
  });

  test('what may be a sub-command or a task is told to be either', () => {
    expect(sentences('status page')).toEqual([
      '`status page` may be meant as `status &lt;session&gt;`, or as a task. If it is a task, start it from the form, or say it in more words.',
    ]);
  });

  test('a bad value is told as it was typed, and what is taken instead', () => {
    expect(sentences('x --acu &lt;ten&gt;')).toEqual([
      '`--acu` cannot be `&lt;ten&gt;`. It takes a whole number of at least 1.',
    ]);
  });

  test('every kind of problem has a sentence that names its flag', () => {
    const problems: Problem[] = [
      { kind: 'unknown-flag', flag: '--x', nearest: null },
      { kind: 'missing-value', field: 'title' },
      { kind: 'bad-value', field: 'title', value: 'x' },
      { kind: 'unclosed-quote', field: 'title', value: '"x' },
      { kind: 'repeated', field: 'title' },
    ];
    const [first, ...others] = renderProblems(problems, { typed: '', where: 'task' }, en);
    expect(first).toContain('`--x`');
    for (const sentence of others) expect(sentence).toContain('`--title`');
  });

  test('a missing task is told with the options that were there', () => {
    expect(sentences('--acu 10')).toEqual([
      'There are options but no task in `--acu 10`. Add what Devin should do.',
    ]);
    expect(renderProblems([{ kind: 'no-task' }], { typed: ' ', where: 'task' }, en)).toEqual([
      'There is no task. Say what Devin should do.',
    ]);
  });

  test('nothing that was typed can ping or link, however long it is', () => {
    const [sentence = ''] = sentences(`x --acu &lt;!channel&gt;${'é'.repeat(5000)}`);
    expect(sentence).not.toMatch(/[<>]/);
    expect(sentence.length).toBeLessThan(600);
  });
});
