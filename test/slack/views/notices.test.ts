import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkMessage } from '../../../sandbox/slack/rules/message.ts';
import { REFUSAL_REASONS } from '../../../src/session/identity.ts';
import { formButton, refusalSentence, refusal } from '../../../src/slack/views/notices.ts';
import { escape, unescape } from '../../../src/slack/views/text.ts';
import { en } from '../../../src/text/en.ts';

describe('a refusal', () => {
  test('is valid in Slack, with a closed code block, whatever was typed', () => {
    const words = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 9000 }),
      fc.constantFrom('&'.repeat(9000), '<!channel>'.repeat(500), '```'.repeat(3000)),
    );
    const some = { problems: fc.array(words.map(escape), { maxLength: 50 }), typed: fc.option(words) };
    fc.assert(
      fc.property(fc.record(some), ({ problems, typed }) => {
        const message = refusal({ problems, typed, offer: formButton('f1', en) }, en);
        expect(checkMessage(message)).toEqual([]);
        expect(JSON.stringify(message)).not.toMatch(/<[!@]/);
        for (const block of message.blocks) {
          if (block.type !== 'section' || block.text?.text.startsWith(en.notices.typed) !== true) continue;
          expect(block.text.text).toMatch(/```$/);
        }
      }),
    );
  });
});

describe('the sentences about identity', () => {
  test.each(REFUSAL_REASONS)('say for %s what happened and what to do', (reason) => {
    const sentence = refusalSentence({ reason, maskedEmail: 'a…@acme.example', about: undefined }, en);
    expect(sentence).toMatch(/Ask|ask/);
    expect(unescape(escape(sentence))).toBe(sentence);
  });
});
