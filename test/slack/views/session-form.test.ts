import type { ModalView } from '@slack/types';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { knownBlocks } from '../../../sandbox/slack/rules/assign-ids.ts';
import type { Block } from '../../../sandbox/slack/rules/blocks.ts';
import { fields } from '../../../src/session/fields.ts';
import { choicesSchema } from '../../../src/session/policy/form.ts';
import { fieldBlock } from '../../../src/slack/edge/ids.ts';
import { readSessionForm } from '../../../src/slack/views/form/read.ts';
import { en } from '../../../src/text/en.ts';
import { COLLAPSED, draft, draw, EXPANDED, stateOf } from './form/harness.ts';

const TASK = 'Fix the flaky login test';

/** A policy that leaves everything to choose. */
const NOTHING = {
  closed: null,
  set: {},
  modes: {},
  announcements: [],
  instructions: null,
  most: null,
  budgets: [],
};

type Input = Extract<Block, { type: 'input' }>;

function inputs(view: ModalView): Input[] {
  return knownBlocks(view.blocks).filter((block) => block.type === 'input');
}

function inputOf(view: ModalView, blockId: string): Input | undefined {
  return inputs(view).find((block) => block.block_id === blockId);
}

function hintOf(view: ModalView, blockId: string): string {
  return inputOf(view, blockId)?.hint?.text ?? '';
}

function headings(view: ModalView): string[] {
  return knownBlocks(view.blocks).flatMap((block) => (block.type === 'header' ? [block.text.text] : []));
}

/** What the modal's lines of text say. */
function lines(view: ModalView): string[] {
  const elements = knownBlocks(view.blocks).flatMap((block) =>
    block.type === 'context' ? block.elements : [],
  );
  return elements.flatMap((element) => ('text' in element ? [element.text] : []));
}

describe('a form', () => {
  test('that nobody changes returns what it was filled in with', () => {
    fc.assert(
      fc.property(draft, (values) => {
        const read = readSessionForm(stateOf(draw({ values, expanded: true })), EXPANDED, en);
        expect(read).toEqual({ draft: values, contextChoice: null, fileIds: [], errors: {} });
      }),
    );
  });

  test("says the policy's cap where none is entered", () => {
    const view = draw({ choices: choicesSchema.parse({ ...NOTHING, most: 20 }) });
    expect(inputOf(view, 'field.max_acu_limit')?.element).toMatchObject({
      placeholder: { text: '20 (policy)' },
    });
  });

  test('says at each option and field what needs an approval or is refused', () => {
    const wanted = { kind: 'names', names: ['acme/infra-*'] };
    const choices = choicesSchema.parse({
      ...NOTHING,
      modes: { ultra: 'approve', fast: 'refuse' },
      announcements: [
        { field: 'repos', verdict: 'approve', wanted },
        { field: 'max_acu_limit', verdict: 'refuse', wanted: { kind: 'over', acu: 1500 } },
      ],
    });
    const view = draw({ choices });
    expect(JSON.stringify(inputOf(view, 'field.devin_mode'))).toMatch(
      /"Fast · 4× the cost, 2× the speed · not allowed here".*"Ultra · the strongest, for hard tasks · needs approval"/,
    );
    expect(hintOf(view, 'field.repos')).toContain('May need an approval here: `acme/infra-*`.');
    expect(hintOf(view, 'field.max_acu_limit')).toContain('Not allowed here: more than 1,500 ACU.');
  });

  test('says in one line as whom, what is free, and that instructions are added', () => {
    const month = { key: 'acu_per_month', most: 2000, used: 3.4, reserved: 53.6, sessions: 4, own: [] };
    const today = { ...month, key: 'acu_per_person_per_day', most: 60 };
    const choices = choicesSchema.parse({
      ...NOTHING,
      instructions: 'Follow the guide.',
      budgets: [month, today],
    });
    expect(lines(draw({ choices })).at(0)).toMatch(
      /^Runs as .* · You today: 3 free of 60 ACU · team instructions are added$/,
    );
  });

  test('shows every field once it is expanded', () => {
    const view = draw({ expanded: true });
    const shown = new Set(inputs(view).map((block) => block.block_id));
    expect(fields.filter(({ key }) => !shown.has(fieldBlock(key)))).toEqual([]);
    expect(headings(view)).toEqual([
      'Title and tags',
      'Guidance',
      'Access',
      'Files and links',
      'Result',
      'Environment',
    ]);
  });

  test('begins with the task, which has the cursor and is the only required field', () => {
    const [first, ...others] = inputs(draw({ expanded: true }));
    expect(first).toMatchObject({
      block_id: 'field.prompt',
      optional: false,
      element: { type: 'plain_text_input', multiline: true, focus_on_load: true },
    });
    expect(others.every(({ optional }) => optional === true)).toBe(true);
  });

  test('has a label for every input, and says what an empty one means', () => {
    const silent = inputs(draw({ expanded: true })).filter(({ label, hint, element }) => {
      const placeholder = 'placeholder' in element ? (element.placeholder?.text ?? '') : '';
      const beside = element.type === 'checkboxes' ? (element.options[0]?.text.text ?? '') : '';
      return label.text === '' || `${hint?.text ?? ''}${placeholder}${beside}` === '';
    });
    expect(silent).toEqual([]);
  });

  test('names the source of a default, and none for requested values', () => {
    const view = draw({
      values: { prompt: TASK, repos: ['acme/web'], devin_mode: 'fast', max_acu_limit: 3 },
      sources: {
        prompt: 'request',
        repos: 'channel',
        devin_mode: 'workspace',
        max_acu_limit: 'person',
        tags: 'channel',
      },
    });
    expect(hintOf(view, 'field.repos')).toContain('Source: channel default.');
    expect(hintOf(view, 'field.devin_mode')).toContain('Source: workspace default.');
    expect(hintOf(view, 'field.max_acu_limit')).toContain('Source: personal default.');
    expect(hintOf(view, 'field.prompt')).not.toContain('Source');
    expect(hintOf(view, 'field.tags')).not.toContain('Source');
  });

  test('never shows session secrets', () => {
    const secret = { key: 'TOKEN', value: 'hunter2', sensitive: true };
    const view = draw({ values: { prompt: TASK, session_secrets: [secret] }, expanded: true });
    expect(JSON.stringify(view)).not.toMatch(/hunter2|TOKEN/);
    expect(inputOf(view, 'secrets_sensitive')?.element).toMatchObject({ initial_options: [{ value: 'on' }] });
  });

  test('fits the longest task a message can have', () => {
    const prompt = `${'Do this <!channel> & that 👩‍💻.\n'.repeat(1_300)}The end.`;
    const view = draw({ values: { prompt }, expanded: true });
    expect(inputOf(view, 'field.prompt.2')).toMatchObject({
      label: { text: 'Task (part 2)' },
      optional: true,
    });
    expect(readSessionForm(stateOf(view), EXPANDED, en).draft.prompt).toBe(prompt);
  });

  test('says so if a value is longer than any form', () => {
    const view = draw({ values: { prompt: 'word '.repeat(60_000).trim() }, expanded: true });
    expect(lines(view)[1]).toBe(
      'Task: the value is longer than this form can hold, so the end is missing here.',
    );
  });

  test("stays within Slack's limits with the largest values", () => {
    const many = (count: number, value: (i: number) => string) =>
      Array.from({ length: count }, (_, i) => value(i));
    const view = draw({
      expanded: true,
      values: {
        prompt: '日本語'.repeat(40_000),
        repos: many(400, (i) => `acme-${'x'.repeat(80)}/web-${i}`),
        tags: many(50, (i) => `${'👍'.repeat(95)}${i}`),
        title: '👍'.repeat(100),
        playbook_id: 'p'.repeat(255),
        knowledge_ids: many(50, (i) => `${'n'.repeat(140)}${i}`),
        secret_ids: many(300, (i) => `${'s'.repeat(200)}${i}`),
        session_links: many(100, (i) => `https://app.devin.ai/${'l'.repeat(2000)}${i}`),
        attachment_urls: many(100, (i) => `https://example.com/${'a'.repeat(2000)}${i}`),
        structured_output_schema: { description: 'd'.repeat(60_000) },
        platform: 'w'.repeat(255),
      },
    });
    expect(inputOf(view, 'field.attachment_urls')).toBeDefined();
  });
});

describe('the first line of a form', () => {
  test.each([
    [{ kind: 'member', name: 'Ada <L>', how: 'Matched.' } as const, 'Runs as *Ada &lt;L&gt;*'],
    [{ kind: 'service-user', why: 'Runs as the service user.' } as const, 'Runs as the service user.'],
  ])('says who the session runs as: %o', (runsAs, sentence) => {
    const view = draw({ runsAs, notes: ['A note.'], expanded: true });
    expect(lines(view).slice(0, 2)).toEqual([sentence, 'A note.']);
    expect(view.blocks[0]).toMatchObject({ block_id: 'runs_as' });
  });

  test.each(['No Devin account.', `No Devin account. ${'Ask an admin. '.repeat(20)}`])(
    'says why there is nothing to fill in, without inputs: %s',
    (why) => {
      const view = draw({ runsAs: { kind: 'refused', why }, values: { prompt: TASK }, expanded: true });
      expect(inputs(view)).toEqual([]);
      expect(view.submit).toBeUndefined();
      expect(view.blocks[0]).toMatchObject({ type: 'alert', level: 'warning' });
      expect(JSON.stringify(view.blocks)).toContain(why.trim());
    },
  );
});

describe('a refused value', () => {
  const faults = {
    max_acu_limit: { typed: ['ten'], said: null },
    tags: { typed: ['x'], said: 'No such tag.' },
  };

  test("is shown at its field, which is then required if it can't hold the value", () => {
    const view = draw({ values: { prompt: TASK }, faults, expanded: true });
    expect(inputOf(view, 'field.max_acu_limit')).toMatchObject({ optional: false });
    // It would say what happens if the input stays empty.
    expect(inputOf(view, 'field.max_acu_limit')?.element).not.toHaveProperty('placeholder');
    expect(hintOf(view, 'field.max_acu_limit')).toContain(
      'You typed "ten". Use a whole number from 1 to 1,000,000.',
    );
    expect(inputOf(view, 'field.tags')).toMatchObject({ optional: true });
    expect(hintOf(view, 'field.tags')).toContain('Devin refused this: "No such tag".');
  });

  test('is never a reason to tick a box', () => {
    const unclear = {
      resumable: { typed: ['words'], said: null },
      bypass_approval: { typed: [], said: null },
    };
    const view = draw({ values: { prompt: TASK }, faults: unclear, expanded: true });
    expect(hintOf(view, 'field.resumable')).toMatch(
      /^⚠️ You typed "words". Check the box or leave it empty\.$/,
    );
    expect(hintOf(view, 'field.bypass_approval')).toMatch(
      /^⚠️ The value was missing or unclear. Check the box or leave it empty\.$/,
    );
    expect(inputOf(view, 'field.bypass_approval')).toMatchObject({ optional: true });
    expect(readSessionForm(stateOf(view), { ...EXPANDED, faults: unclear }, en).errors).toEqual({});
  });

  test.each([
    [{ kind: 'looking' } as const, 'Looking up who this runs as…'],
    [{ kind: 'not-known', why: 'Devin did not say.' } as const, 'Devin did not say.'],
  ])('is everything until the person is known and accepted: %o', (runsAs, sentence) => {
    const view = draw({ runsAs, notes: ['A note.'], values: { repos: ['acme/hush'] }, expanded: true });
    expect(lines(view)).toEqual([sentence]);
    expect(view.blocks).toHaveLength(1);
    expect(view.submit).toBeUndefined();
  });
});

describe('what is sent with the task', () => {
  const own = { choice: 'message', messages: 1, files: 1 } as const;

  test('is named until the thread was read, and can then be chosen', () => {
    const uncounted = { choice: 'thread', messages: null, files: null } as const;
    const view = draw({
      values: { prompt: TASK },
      context: { picked: 'words', options: [own, uncounted], chosen: 'thread', notes: [] },
    });
    expect(lines(view)[1]).toBe(
      ['About this message: words', 'Context to include: The whole thread', 'Reading the thread…'].join('\n'),
    );
    expect(readSessionForm(stateOf(view), COLLAPSED, en).contextChoice).toBeNull();
  });
});
