import type { ModalView } from '@slack/types';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { knownBlocks } from '../../../sandbox/slack/rules/assign-ids.ts';
import type { Block } from '../../../sandbox/slack/rules/blocks.ts';
import { OPTION_GROUPS } from '../../../src/session/fields.ts';
import { readSessionForm } from '../../../src/slack/views/form/read.ts';
import { COLLAPSED, draft, draw, EXPANDED, stateOf, typed } from './form/harness.ts';

const TASK = 'Fix the flaky login test';

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

describe('a form', () => {
  test('that nobody changes returns what it was filled in with', () => {
    fc.assert(
      fc.property(draft, (values) => {
        const state = stateOf(draw({ values, groups: [...OPTION_GROUPS] }));
        const read = readSessionForm(state, { ...EXPANDED, before: values });
        expect(read).toEqual({ draft: values, files: [], errors: {} });
      }),
    );
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
    expect(readSessionForm(stateOf(view), rules)).toMatchObject({ draft: values, errors: {} });
    const typedOver = { ...stateOf(view), 'field.prompt': typed('Fix it') };
    expect(readSessionForm(typedOver, rules).draft.prompt).toBe('Fix it');
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

describe('a refused value', () => {
  test('is never a reason to tick a box', () => {
    const unclear = {
      resumable: { typed: ['words'], said: null },
      bypass_approval: { typed: [], said: null },
    };
    const view = draw({ values: { prompt: TASK }, faults: unclear, groups: [...OPTION_GROUPS] });
    expect(hintOf(view, 'field.resumable')).toMatch(/^⚠️ Check the box or leave it empty\.$/);
    expect(hintOf(view, 'field.bypass_approval')).toMatch(/^⚠️ Check the box or leave it empty\.$/);
    expect(inputOf(view, 'field.bypass_approval')).toMatchObject({ optional: true });
    expect(readSessionForm(stateOf(view), { ...EXPANDED, faults: unclear }).errors).toEqual({});
  });
});
