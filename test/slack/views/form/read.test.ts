import { describe, expect, test } from 'vitest';
import { checkView } from '../../../../sandbox/slack/rules/view.ts';
import { OPTION_GROUPS } from '../../../../src/session/fields.ts';
import { formMetadata } from '../../../../src/slack/edge/ids.ts';
import { readSessionForm } from '../../../../src/slack/views/form/read.ts';
import { withGroup } from '../../../../src/slack/views/session-form.ts';
import { en } from '../../../../src/text/en.ts';
import { COLLAPSED, draw, EXPANDED, sentView, stateAfter, stateOf, ticked, typed } from './harness.ts';

/** An expanded form with a task, in which the given blocks were filled in. */
function read(entered: Record<string, object>) {
  const untouched = stateOf(draw({ values: { prompt: 'Fix it' }, groups: [...OPTION_GROUPS] }));
  return readSessionForm({ ...untouched, ...entered }, EXPANDED, en);
}

const picked = (lookup: string, ...values: string[]) => ({
  [`lookup.${lookup}`]: {
    type: 'multi_external_select',
    selected_options: values.map((value) => ({ value })),
  },
});

describe('a submission', () => {
  test('without a task is refused at the task', () => {
    expect(read({ 'field.prompt': typed('  ') }).errors).toEqual({
      'field.prompt': 'Add a task: what should Devin do?',
    });
    expect(readSessionForm({}, COLLAPSED, en).errors).toEqual({
      'field.prompt': 'Add a task: what should Devin do?',
    });
  });

  test("has typed values if a select couldn't hold them", () => {
    expect(read({ 'field.repos': typed('acme/web, https://github.com/acme/api.git') }).draft.repos).toEqual([
      'acme/web',
      'acme/api',
    ]);
  });

  test('names the invalid entry of a list', () => {
    const { errors } = read({ 'field.repos': picked('repositories', 'acme/web', 'not a repository') });
    expect(errors).toEqual({
      'field.repos': '"not a repository" isn\'t valid. Use owner/repo, for example acme/web, or a link.',
    });
  });

  test('says how many entries a list can have', () => {
    const { errors } = read({ 'field.tags': typed(Array.from({ length: 51 }, (_, i) => `t${i}`).join(',')) });
    expect(errors).toEqual({
      'field.tags': 'Use up to 49; you have 51.',
    });
  });

  test("refuses a tag with the app's prefix", () => {
    const { errors } = read({ 'field.tags': typed('ci, slack-1') });
    expect(errors).toEqual({
      'field.tags': '"slack-1" isn\'t valid. Use labels that don\'t begin with slack-.',
    });
  });

  test('distinguishes "none" from nothing entered', () => {
    expect(read({}).draft).not.toHaveProperty('knowledge_ids');
    expect(read({ 'field.knowledge_ids': picked('knowledge', 'none') }).draft.knowledge_ids).toEqual([]);
  });

  test('is refused if it has both "none" and entries', () => {
    const { errors } = read({ 'field.secret_ids': picked('secrets', 's-1', 'none') });
    expect(errors).toEqual({ 'field.secret_ids': en.modal.errors.noneAndValues });
  });

  test('sends a switch only if it was changed', () => {
    const { draft } = read({ 'field.resumable': ticked(false), 'field.bypass_approval': ticked(false) });
    expect(draft).toMatchObject({ resumable: false });
    expect(draft).not.toHaveProperty('bypass_approval');
    expect(draft).not.toHaveProperty('structured_output_required');
  });

  test('names the line of an invalid secret, never its content', () => {
    const { draft, errors } = read({ 'field.session_secrets': typed('A=b\nhunter2') });
    expect(errors).toEqual({ 'field.session_secrets': 'Line 2 must be KEY=VALUE.' });
    expect(draft).not.toHaveProperty('session_secrets');
  });

  test.each([
    ['[1]', 'Use a JSON object, from { to }.'],
    ['{"$ref": "https://example.com"}', en.modal.errors.schema.external('https://example.com')],
    [
      '{"properties": {"a": {"type": "text"}}}',
      'Not a valid JSON Schema (draft 7): /properties/a/type must be equal to one of the allowed values.',
    ],
    [
      '{"$schema": "https://json-schema.org/draft/2020-12/schema"}',
      en.modal.errors.schema.draft('"https://json-schema.org/draft/2020-12/schema"'),
    ],
    [JSON.stringify({ description: 'd'.repeat(66_000) }), en.modal.errors.schema.tooLarge],
    [
      JSON.stringify({ enum: Array.from({ length: 2500 }, (_, at) => ({ at })) }),
      en.modal.errors.schema.tooLarge,
    ],
  ])('says what is wrong with the JSON (%#)', (json, sentence) => {
    expect(read({ 'field.structured_output_schema': typed(json) }).errors).toEqual({
      'field.structured_output_schema': sentence,
    });
  });

  test.each([
    ['field.prompt', 'push with ghp_…', { prompt: { typed: [], said: null, hidden: ['ghp_…'] } }],
    ['field.title', 'with cog_… and npm_…', { title: { typed: [], said: null, hidden: ['npm_…'] } }],
    [
      'field.attachment_urls',
      'https://acme.example\nhttps://acme.example/?token=npm_…',
      { attachment_urls: { typed: [], said: null, hidden: ['npm_…'] } },
    ],
  ])('still names a credential that was left out: %s', (block, text, faults) => {
    const [start = ''] = Object.values(faults).flatMap(({ hidden }) => hidden);
    const submitted = (entered: string) => {
      const untouched = stateOf(draw({ values: { prompt: 'Fix it' }, groups: [...OPTION_GROUPS] }));
      return readSessionForm({ ...untouched, [block]: typed(entered) }, { ...EXPANDED, faults }, en);
    };
    expect(submitted(text).errors).toEqual({ [block]: en.modal.errors.hidden(start) });
    expect(submitted(text.replace(start, 'a1')).errors).toEqual({});
  });

  test('is read even with inputs of unknown kinds', () => {
    expect(read({ other: { value: { type: 'rich_text_input' } }, files: { value: null } }).files).toEqual([]);
  });
});

test.each([
  ['a number', 'max_acu_limit', 'ten'],
  ['a mode', 'devin_mode', 'slow'],
] as const)('an empty input for %s that was refused says so', (_what, key, typed_) => {
  const faults = { [key]: { typed: [typed_], said: null } };
  const state = stateOf(draw({ values: { prompt: 'Fix it' }, faults }));
  expect(readSessionForm(state, { ...COLLAPSED, faults }, en).errors[`field.${key}`]).toMatch(
    new RegExp(`^You typed "${typed_}"\\..* To go without it, press Start again\\.$`),
  );
});

describe('a form with another group', () => {
  const prompt = 'A task.';

  test('keeps what was typed, valid or not', () => {
    const form = draw({ values: { prompt, repos: ['acme/web'] } });
    const before = {
      ...stateOf(form),
      'field.prompt': typed('Short.'),
      'field.repos': picked('repositories', 'not a repository', 'acme/api'),
    };
    const added = withGroup(sentView(form, before), 'about', en);
    expect(checkView(added)).toEqual([]);
    const { groups } = formMetadata.read(added.private_metadata ?? '');
    const after = { ...stateAfter(added, before), 'field.tags': typed('one, two') };
    const { draft, errors } = readSessionForm(after, { ...COLLAPSED, groups }, en);
    expect(draft.prompt).toBe('Short.');
    expect(draft.tags).toEqual(['one', 'two']);
    expect(Object.keys(errors)).toEqual(['field.repos']);
  });
});
