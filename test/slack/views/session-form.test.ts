import type { ModalView } from '@slack/types';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { knownBlocks } from '../../../sandbox/slack/rules/assign-ids.ts';
import type { Block } from '../../../sandbox/slack/rules/blocks.ts';
import { fields, OPTION_GROUPS } from '../../../src/session/fields.ts';
import type { Choices } from '../../../src/session/policy/form.ts';
import type { Ceiling } from '../../../src/session/policy/limits.ts';
import { fieldBlock } from '../../../src/slack/edge/ids.ts';
import { readSessionForm } from '../../../src/slack/views/form/read.ts';
import { en } from '../../../src/text/en.ts';
import { COLLAPSED, draft, draw, EXPANDED, stateOf, typed } from './form/harness.ts';

const TASK = 'Fix the flaky login test';

/** A policy that leaves everything to choose. */
const NOTHING: Choices = {
  closed: null,
  set: {},
  modes: {},
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

/** The groups in the menu. */
function groupsIn(view: ModalView): string[] {
  return knownBlocks(view.blocks).flatMap((block) =>
    block.type === 'actions'
      ? block.elements.flatMap((one) =>
          one.type === 'static_select' ? one.options.map(({ value }) => value) : [],
        )
      : [],
  );
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
        const state = stateOf(draw({ values, groups: [...OPTION_GROUPS] }));
        const read = readSessionForm(state, { ...EXPANDED, before: values }, en);
        expect(read).toEqual({ draft: values, contextChoice: null, files: [], errors: {} });
      }),
    );
  });

  test("says the policy's cap where none is entered", () => {
    const view = draw({ choices: { ...NOTHING, most: 20 } });
    expect(inputOf(view, 'field.max_acu_limit')?.element).toMatchObject({
      placeholder: { text: '20 (policy)' },
    });
  });

  test('says at each mode what needs an approval or is refused', () => {
    const view = draw({ choices: { ...NOTHING, modes: { ultra: 'approve', fast: 'refuse' } } });
    expect(JSON.stringify(inputOf(view, 'field.devin_mode'))).toMatch(
      /"Fast · 4× the cost, 2× the speed · not allowed here".*"Ultra · higher cost, hard tasks · needs approval"/,
    );
  });

  test('says in one line as whom, what is free, and that instructions are added', () => {
    const month: Ceiling = {
      key: 'acu_per_month',
      most: 2000,
      used: 3.4,
      reserved: 53.6,
      sessions: 4,
      own: [],
    };
    const today: Ceiling = { ...month, key: 'acu_per_person_per_day', most: 60 };
    const choices = { ...NOTHING, instructions: 'Follow the guide.', budgets: [month, today] };
    expect(lines(draw({ choices })).at(0)).toMatch(
      /^Runs as .* · You today: 3 free of 60 ACU · team instructions are added$/,
    );
  });

  test('has a task, repositories, a mode and a cap, and a menu of groups', () => {
    const view = draw({});
    expect(inputs(view).map(({ block_id: id }) => id)).toEqual([
      'field.prompt',
      'field.repos',
      'field.devin_mode',
      'field.max_acu_limit',
    ]);
    expect(groupsIn(view)).toEqual([...OPTION_GROUPS]);
  });

  test('offers in its menu only the groups that are not in view', () => {
    expect(groupsIn(draw({ groups: ['access', 'about'] }))).toEqual([
      'guidance',
      'files',
      'result',
      'machine',
    ]);
    expect(groupsIn(draw({ groups: [...OPTION_GROUPS] }))).toEqual([]);
  });

  test('shows every field once all groups are added', () => {
    const view = draw({ groups: [...OPTION_GROUPS] });
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
    const [first, ...others] = inputs(draw({ groups: [...OPTION_GROUPS] }));
    expect(first).toMatchObject({
      block_id: 'field.prompt',
      optional: false,
      element: { type: 'plain_text_input', multiline: true, focus_on_load: true },
    });
    expect(others.every(({ optional }) => optional === true)).toBe(true);
  });

  test('has a label for every input, and says what an empty one means', () => {
    const silent = inputs(draw({ groups: [...OPTION_GROUPS] })).filter(({ label, hint, element }) => {
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
    const view = draw({ values: { prompt: TASK, session_secrets: [secret] }, groups: [...OPTION_GROUPS] });
    expect(JSON.stringify(view)).not.toMatch(/hunter2|TOKEN/);
  });

  test('keeps a task that is too long for its input, unless another is typed', () => {
    const values = { prompt: `${'Do this <!channel> & that 👩‍💻.\n'.repeat(1_300)}The end.` };
    const view = draw({ values });
    expect(hintOf(view, 'field.prompt')).toContain('Kept as it is (42,908 characters).');
    expect(inputOf(view, 'field.prompt')?.optional).toBe(true);
    const rules = { ...COLLAPSED, before: values };
    expect(readSessionForm(stateOf(view), rules, en)).toMatchObject({ draft: values, errors: {} });
    const typedOver = { ...stateOf(view), 'field.prompt': typed('Fix it') };
    expect(readSessionForm(typedOver, rules, en).draft.prompt).toBe('Fix it');
  });

  test("stays within Slack's limits with the largest values", () => {
    const many = (count: number, value: (i: number) => string) =>
      Array.from({ length: count }, (_, i) => value(i));
    const view = draw({
      groups: [...OPTION_GROUPS],
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
    const view = draw({ runsAs, notes: ['A note.'], groups: [...OPTION_GROUPS] });
    expect(lines(view).slice(0, 2)).toEqual([sentence, 'A note.']);
    expect(view.blocks[0]).toMatchObject({ block_id: 'runs_as' });
  });

  test.each(['No Devin account.', `No Devin account. ${'Ask an admin. '.repeat(20)}`])(
    'says why there is nothing to fill in, without inputs: %s',
    (why) => {
      const view = draw({
        runsAs: { kind: 'refused', why },
        values: { prompt: TASK },
        groups: [...OPTION_GROUPS],
      });
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

  test("is shown at its field, and Devin's reason on top as well", () => {
    const view = draw({ values: { prompt: TASK }, faults, groups: [...OPTION_GROUPS] });
    expect(inputOf(view, 'field.max_acu_limit')).toMatchObject({ optional: true });
    expect(hintOf(view, 'field.max_acu_limit')).toContain(
      'You typed "ten". Use a whole number from 1 to 1,000,000.',
    );
    expect(inputOf(view, 'field.tags')).toMatchObject({ optional: true });
    expect(hintOf(view, 'field.tags')).toContain('Devin refused this: "No such tag".');
    expect(JSON.stringify(view.blocks[1])).toContain(':warning: Devin refused this');
  });

  test('is never a reason to tick a box', () => {
    const unclear = {
      resumable: { typed: ['words'], said: null },
      bypass_approval: { typed: [], said: null },
    };
    const view = draw({ values: { prompt: TASK }, faults: unclear, groups: [...OPTION_GROUPS] });
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
    [{ kind: 'looking' } as const, 'Looking up who your sessions run as…'],
    [{ kind: 'not-known', why: 'Devin did not say.' } as const, 'Devin did not say.'],
  ])('is everything until the person is known and accepted: %o', (runsAs, sentence) => {
    const view = draw({
      runsAs,
      notes: ['A note.'],
      values: { repos: ['acme/hush'] },
      groups: [...OPTION_GROUPS],
    });
    expect(lines(view)).toEqual([sentence]);
    expect(view.blocks).toHaveLength(1);
    expect(view.submit).toBeUndefined();
  });
});

describe('what is sent with the task', () => {
  test('is the whole thread, unless only the message is chosen', () => {
    const view = draw({
      values: { prompt: TASK },
      context: { picked: 'words', options: ['thread', 'message'] },
    });
    expect(lines(view)[1]).toBe('About this message: words');
    expect(readSessionForm(stateOf(view), COLLAPSED, en).contextChoice).toBe('thread');
  });

  test('is no question if the message is in no thread', () => {
    const view = draw({ context: { picked: 'words', options: ['message'] } });
    expect(readSessionForm(stateOf(view), COLLAPSED, en).contextChoice).toBeNull();
  });
});
