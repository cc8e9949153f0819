import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkView } from '../../../sandbox/slack/rules/view.ts';
import { fields } from '../../../src/session/fields.ts';
import { renderDetails, type SessionDetails } from '../../../src/slack/views/details.ts';
import { en } from '../../../src/text/en.ts';

const accepted: SessionDetails = {
  asked: { values: { prompt: 'Fix the flaky login test' } },
  url: null,
  identity: null,
  support: { request: 'r1', state: 'accepted', session: undefined, statusDetail: null },
  sent: null,
  instructions: null,
  news: [],
};

const created: SessionDetails = {
  ...accepted,
  asked: {
    values: {
      prompt: 'Fix the flaky login test',
      repos: ['acme/web', 'acme/api'],
      max_acu_limit: 10,
      knowledge_ids: [],
      resumable: false,
      structured_output_schema: { type: 'object' },
    },
    sources: { repos: 'channel', max_acu_limit: 'workspace', knowledge_ids: 'person' },
  },
  identity: { who: 'Ada Lovelace', how: 'Matched by e-mail.' },
  url: 'https://app.devin.ai/sessions/abc123',
  support: { request: 'r1', state: 'created', session: 'abc123' },
};

const withText = z.object({ text: z.object({ text: z.string() }) });
const withElements = z.object({ elements: z.array(z.object({ text: z.string() })) });

/** All text in the view. */
function read(details: SessionDetails): string {
  return renderDetails(details, en)
    .blocks.flatMap((block) => {
      const elements = withElements.safeParse(block).data?.elements ?? [];
      return [withText.safeParse(block).data?.text ?? [], elements].flat();
    })
    .map(({ text }) => text)
    .join('\n');
}

describe('the details', () => {
  test('name session secrets but never show their values', () => {
    const values = { session_secrets: [{ key: 'TOKEN', value: 'hunter2', sensitive: true }] };
    const asked = { values, secretNames: ['TOKEN'] };
    expect(read({ ...accepted, asked })).toContain('`TOKEN`');
    expect(JSON.stringify(renderDetails({ ...accepted, asked }, en))).not.toContain('hunter2');
  });

  test('show the beginning of a task that no view could hold, and say that it is shortened', () => {
    const prompt = `Begin ${'word '.repeat(50_000)}`;
    const support = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`key_${i}`, 'w'.repeat(2500)]));
    const news = Array.from({ length: 10 }, () => 'p'.repeat(5000));
    const details = { ...accepted, asked: { values: { prompt } }, sent: prompt, support, news };
    expect(checkView(renderDetails(details, en))).toEqual([]);
    expect(read(details)).toContain('Begin word');
    expect(read(details)).toContain(en.details.cut);
  });

  test('are a valid view, whatever they contain', () => {
    const words = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 400 }),
      fc.constantFrom('&'.repeat(40_000), '```'.repeat(2000), '漢'.repeat(30_000), '\u0001'.repeat(9000)),
    );
    const json = fc.oneof(fc.jsonValue(), words, fc.array(words, { maxLength: 60 }));
    const record = fc.dictionary(fc.constantFrom(...fields.map(({ key }) => key)), json, { maxKeys: 40 });
    fc.assert(
      fc.property(
        record,
        fc.dictionary(fc.string({ minLength: 1 }), words),
        words,
        (values, support, words) => {
          const identity = { who: 'Ada', how: 'Matched.' };
          const asked = { values: { ...values, prompt: words } };
          const details = { ...created, asked, support, identity, news: [words] };
          expect(checkView(renderDetails(details, en))).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
