import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkView } from '../../../../sandbox/slack/rules/view.ts';
import { LOOKUP_ACTION, lookupAction, readLookupAction } from '../../../../src/slack/edge/ids.ts';
import { lookupOptions, type Suggestion } from '../../../../src/slack/views/form/suggestions.ts';
import { en } from '../../../../src/text/en.ts';

/** Slack refuses a select without options. */
const other = { value: 'other', label: 'other', description: null };
const options = (found: Suggestion[], typed: string) => lookupOptions('repositories', { found, typed }, en);
const web = { value: 'acme/web', label: 'acme/web', description: 'The shop' };

describe('suggestions', () => {
  test('offer what was typed, after what was found', () => {
    expect(options([web], 'acme/w')).toMatchObject([
      { text: { text: 'acme/web' }, value: 'acme/web', description: { text: 'The shop' } },
      { text: { text: 'Use "acme/w"' }, value: 'acme/w' },
    ]);
  });

  test('offer each value once', () => {
    const twice = options([web, { ...web, label: 'again' }], 'acme/web');
    expect(twice).toMatchObject([{ text: { text: 'acme/web' }, description: { text: 'The shop' } }]);
    expect(twice).toHaveLength(1);
  });

  test('leave out a value that is too long for Slack', () => {
    const long = { value: 'x'.repeat(151), label: 'long', description: null };
    expect(options([long, web], 'y'.repeat(151)).map(({ value }) => value)).toEqual(['acme/web']);
  });

  test('are at most a hundred', () => {
    const found = Array.from({ length: 150 }, (_, i) => ({ ...web, value: `acme/${i}` }));
    const shown = options(found, 'typed');
    expect(shown).toHaveLength(100);
    expect(shown.at(-1)?.value).toBe('typed');
  });

  test.each([
    ['knowledge', '', true],
    ['knowledge', 'No', true],
    ['secrets', 'npm', false],
    ['repositories', '', false],
  ] as const)('offer none at all where that means something: %s %s', (lookup, typed, isOffered) => {
    const values = lookupOptions(lookup, { found: [other], typed }, en).map(({ value }) => value);
    expect(values.includes('none')).toBe(isOffered);
  });

  test('show the value if it has no label', () => {
    expect(options([{ ...web, label: ' \n' }], '')[0]?.text.text).toBe('acme/web');
  });

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
