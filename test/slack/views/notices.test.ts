import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkMessage } from '../../../sandbox/slack/rules/message.ts';
import { REFUSAL_REASONS } from '../../../src/session/identity.ts';
import { refusalSentence } from '../../../src/slack/views/failures.ts';
import { cardElsewhere, notice, refusal } from '../../../src/slack/views/notices.ts';
import { escape, unescape } from '../../../src/slack/views/text.ts';
import { en } from '../../../src/text/en.ts';

const typed = '/devin fix it --moed fast';

describe('a refusal', () => {
  test('says that nothing was started and why, and quotes what was typed', () => {
    const { text, blocks } = refusal({ problems: ['There is no --moed.'], typed, formId: 'f1' }, en);
    expect(text).toBe(`Nothing was started.\nThere is no --moed.\nWhat you typed:\n\`\`\`\n${typed}\n\`\`\``);
    expect(JSON.stringify(blocks)).toContain('There is no --moed.');
    expect(JSON.stringify(blocks)).toContain('/devin fix it --moed fast');
  });

  test('says that the form has the rest if it is too long to quote', () => {
    const { blocks } = refusal({ problems: ['No.'], typed: 'x'.repeat(10_000), formId: 'f1' }, en);
    expect(JSON.stringify(blocks)).toContain(en.notices.typedCut);
  });

  test("doesn't mention a form if there is none, and lists several problems", () => {
    const { text } = refusal({ problems: ['No.', 'Nor this.'], typed: 'x'.repeat(10_000), formId: null }, en);
    expect(text).not.toContain(en.notices.typedCut);
    expect(text).toContain('\n• No.\n• Nor this.\n');
  });

  test('is valid in Slack, with a closed code block, whatever was typed', () => {
    const words = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 9000 }),
      fc.constantFrom('&'.repeat(9000), '<!channel>'.repeat(500), '```'.repeat(3000)),
    );
    const some = { problems: fc.array(words.map(escape), { maxLength: 50 }), typed: fc.option(words) };
    fc.assert(
      fc.property(fc.record(some), ({ problems, typed }) => {
        const message = refusal({ problems, typed, formId: 'f1' }, en);
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

describe('a notice', () => {
  test('has the same sentences in its plain text', () => {
    const { text, blocks } = notice(['One.', 'Two.']);
    expect(text).toBe('One.\nTwo.');
    expect(blocks).toMatchObject([{ type: 'section', text: { text: 'One.\nTwo.' } }]);
  });

  test.each(['not_in_channel', 'is_archived', 'some_new_code', 'constructor', ''])(
    'says where the card is and why, after %o',
    (code) => {
      const message = cardElsewhere({ code, link: 'https://acme.slack.com/archives/D1/p1' }, en);
      expect(checkMessage(message)).toEqual([]);
      expect(message.text).toContain('in your DMs');
      expect(message.text).toContain('<https://acme.slack.com/archives/D1/p1|Open the card>');
    },
  );

  test.each(['restricted_action', 'restricted_action_read_only_channel'])(
    'says whom to ask if posting is restricted: %s',
    (code) => {
      expect(cardElsewhere({ code, link: null }, en).text).toContain('Ask a channel manager');
    },
  );
});

describe('the sentences about identity', () => {
  test.each(REFUSAL_REASONS)('say for %s what happened and what to do', (reason) => {
    const sentence = refusalSentence({ reason, maskedEmail: 'a…@acme.example', about: undefined }, en);
    expect(sentence).toMatch(/Ask|ask/);
    expect(unescape(escape(sentence))).toBe(sentence);
  });

  test('show the masked address that was searched for', () => {
    expect(en.notices.identity.unknown('a…@acme.example')).toContain('a…@acme.example');
  });
});
