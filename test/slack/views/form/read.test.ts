import { describe, expect, test } from 'vitest';
import { OPTION_GROUPS } from '../../../../src/session/fields.ts';
import { readSessionForm } from '../../../../src/slack/views/form/read.ts';
import { en } from '../../../../src/text/en.ts';
import { draw, EXPANDED, stateOf, ticked, typed } from './harness.ts';

/** An expanded form with a task, in which the given blocks were filled in. */
function read(entered: Record<string, object>) {
  const untouched = stateOf(draw({ values: { prompt: 'Fix it' }, groups: [...OPTION_GROUPS] }));
  return readSessionForm({ ...untouched, ...entered }, EXPANDED);
}

describe('a submission', () => {
  test("refuses a tag with the app's prefix", () => {
    const { errors } = read({ 'field.tags': typed('ci, slack-1') });
    expect(errors).toEqual({
      'field.tags': '"slack-1" isn\'t valid. Use labels that don\'t begin with slack-.',
    });
  });

  test('sends a switch only if it was changed', () => {
    const { draft } = read({ 'field.resumable': ticked(false), 'field.bypass_approval': ticked(false) });
    expect(draft).toMatchObject({ resumable: false });
    expect(draft).not.toHaveProperty('bypass_approval');
    expect(draft).not.toHaveProperty('structured_output_required');
  });

  test('names the line of an invalid secret, never its content', () => {
    const { draft, errors } = read({ 'field.session_secrets': typed('A=b\nhunter2') });
    expect(errors).toEqual({ 'field.session_secrets': en.modal.errors.secretLine(2) });
    expect(draft).not.toHaveProperty('session_secrets');
  });

  test("refuses a session's secret that has two values", () => {
    const { draft, errors } = read({ 'field.session_secrets': typed('A=b\nB=c\nA=d') });
    expect(errors).toEqual({ 'field.session_secrets': 'Use KEY=VALUE lines, with each key once.' });
    expect(draft).not.toHaveProperty('session_secrets');
  });

  test.each([
    ['[1]', 'Use a JSON Schema.'],
    [JSON.stringify({ description: 'd'.repeat(66_000) }), en.modal.errors.schemaTooLarge],
  ])('says what is wrong with the JSON (%#)', (json, sentence) => {
    expect(read({ 'field.structured_output_schema': typed(json) }).errors).toEqual({
      'field.structured_output_schema': sentence,
    });
  });
});
