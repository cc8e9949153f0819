import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkView } from '../../../../sandbox/slack/rules/view.ts';
import { lookupOptions, type Suggestion } from '../../../../src/slack/views/form/fields.ts';
import { en } from '../../../../src/text/en.ts';

/** Slack refuses a select without options. */
const other = { value: 'other', label: 'other', description: null };
const options = (found: Suggestion[], typed: string) => lookupOptions('repositories', { found, typed }, en);
describe('suggestions', () => {
  test('are valid in Slack, whatever was typed and found', () => {
    const words = fc.string({ unit: 'grapheme', maxLength: 200 });
    const found = fc.array(fc.record({ value: words, label: words, description: fc.option(words) }), {
      maxLength: 150,
    });
    fc.assert(
      fc.property(found, words, (some, typed) => {
        const shown = options(some, typed);
        expect(shown.length).toBeLessThanOrEqual(100);
        expect(new Set(shown.map(({ value }) => value)).size).toBe(shown.length);
        expect(checkView(viewWith([...shown.slice(0, 99), ...options([other], '')]))).toEqual([]);
      }),
    );
  });
});

function viewWith(options: ReturnType<typeof lookupOptions>) {
  return {
    type: 'modal',
    title: { type: 'plain_text', text: 'Pick' },
    blocks: [{ type: 'actions', elements: [{ type: 'static_select', action_id: 'value', options }] }],
  };
}
