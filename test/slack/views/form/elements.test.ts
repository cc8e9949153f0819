import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkView } from '../../../../sandbox/slack/rules/view.ts';
import { LOOKUP_ACTION, lookupAction, readLookupAction } from '../../../../src/slack/edge/ids.ts';
import { lookupOptions } from '../../../../src/slack/views/form/elements.ts';
import { en } from '../../../../src/text/en.ts';

/** Slack refuses a select without options. */
const other = { value: 'other', label: 'other', description: null };
const web = { value: 'acme/web', label: 'acme/web', description: 'The shop' };

describe('suggestions', () => {
  test('offer what was typed, after what was found', () => {
    expect(lookupOptions([web], 'acme/w', en)).toMatchObject([
      { text: { text: 'acme/web' }, value: 'acme/web', description: { text: 'The shop' } },
      { text: { text: 'Use "acme/w"' }, value: 'acme/w' },
    ]);
  });

  test('offer each value once', () => {
    const options = lookupOptions([web, { ...web, label: 'again' }], 'acme/web', en);
    expect(options).toMatchObject([{ text: { text: 'acme/web' }, description: { text: 'The shop' } }]);
    expect(options).toHaveLength(1);
  });

  test('leave out a value that is too long for Slack', () => {
    const long = { value: 'x'.repeat(151), label: 'long', description: null };
    expect(lookupOptions([long, web], 'y'.repeat(151), en).map(({ value }) => value)).toEqual(['acme/web']);
  });

  test('are at most a hundred', () => {
    const found = Array.from({ length: 150 }, (_, i) => ({ ...web, value: `acme/${i}` }));
    const options = lookupOptions(found, 'typed', en);
    expect(options).toHaveLength(100);
    expect(options.at(-1)?.value).toBe('typed');
  });

  test('show the value if it has no label', () => {
    expect(lookupOptions([{ ...web, label: ' \n' }], '', en)[0]?.text.text).toBe('acme/web');
  });

  test('are valid in Slack, whatever was typed and found', () => {
    const words = fc.string({ unit: 'grapheme', maxLength: 200 });
    const found = fc.array(fc.record({ value: words, label: words, description: fc.option(words) }), {
      maxLength: 150,
    });
    fc.assert(
      fc.property(found, words, (some, typed) => {
        const options = lookupOptions(some, typed, en);
        expect(options.length).toBeLessThanOrEqual(100);
        expect(new Set(options.map(({ value }) => value)).size).toBe(options.length);
        expect(checkView(viewWith([...options.slice(0, 99), ...lookupOptions([other], '', en)]))).toEqual([]);
      }),
    );
  });
});

test.each(['repositories', 'playbooks', 'knowledge', 'secrets'] as const)(
  'an action id stands for a lookup of %s',
  (lookup) => {
    expect(lookupAction(lookup)).toMatch(LOOKUP_ACTION);
    expect(readLookupAction(lookupAction(lookup))).toBe(lookup);
  },
);

test.each(['lookup.', 'lookup.people', 'xlookup.secrets', 'lookup.secrets.2', 'value', ''])(
  'the action id %o is no lookup',
  (actionId) => {
    expect(actionId).not.toMatch(LOOKUP_ACTION);
    expect(readLookupAction(actionId)).toBeNull();
  },
);

function viewWith(options: ReturnType<typeof lookupOptions>) {
  return {
    type: 'modal',
    title: { type: 'plain_text', text: 'Pick' },
    blocks: [{ type: 'actions', elements: [{ type: 'static_select', action_id: 'value', options }] }],
  };
}
