import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkView } from '../../../sandbox/slack/rules/view.ts';
import { shownMoment } from '../../../src/slack/views/details-values.ts';
import { renderDetails, type SessionDetails } from '../../../src/slack/views/details.ts';
import { en } from '../../../src/text/en.ts';
import { ja } from '../../../src/text/ja.ts';

const accepted: SessionDetails = {
  request: { prompt: 'Fix the flaky login test' },
  sources: { prompt: 'request' },
  names: {},
  url: null,
  identity: null,
  support: { request: 'r1', state: 'accepted', session: undefined, statusDetail: null },
  problem: null,
  included: null,
  sent: null,
  leftOut: [],
  instructions: null,
  approvals: [],
};

const created: SessionDetails = {
  ...accepted,
  request: {
    prompt: 'Fix the flaky login test',
    repos: ['acme/web', 'acme/api'],
    max_acu_limit: 10,
    knowledge_ids: [],
    resumable: false,
    structured_output_schema: { type: 'object' },
    create_as_user_id: 'email|abc',
  },
  sources: {
    prompt: 'request',
    repos: 'channel',
    max_acu_limit: 'workspace',
    knowledge_ids: 'person',
    resumable: 'request',
    structured_output_schema: 'request',
  },
  identity: { name: 'Ada Lovelace', how: 'Matched by e-mail.', checkedAtMs: Date.UTC(2026, 4, 1, 9, 30) },
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
  test('show where each value comes from', () => {
    const shown = read(created);
    expect(shown).toContain('*Task*: `Fix the flaky login test`');
    expect(shown).toContain(`*Repositories (${en.details.why.channel})*: \`acme/web\`, \`acme/api\``);
    expect(shown).toContain(`*ACU cap (${en.details.why.workspace})*: 10`);
    expect(shown).toContain(`*Knowledge (${en.details.why.person})*: None`);
    expect(shown).not.toContain('email|abc');
  });

  test('say as whom and link the session first, then what was asked, its context, and ids for support last', () => {
    const left = ['The file a.zip was left out.'];
    const included = en.modal.context.choices.thread;
    const shown = read({ ...created, included, leftOut: left, problem: 'It failed.' });
    const { headings } = en.details;
    const order = [
      'Runs as *Ada Lovelace*',
      'It failed.',
      '<https://app.devin.ai/sessions/abc123|Open in Devin>',
      headings.asked,
      '*Task*',
      '*ACU cap',
      headings.context,
      '*Included*: The whole thread',
      '*Left out*: The file',
      headings.support,
      'request: r1\nstate: created\nsession: abc123',
    ];
    const places = order.map((words) => shown.indexOf(words));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
  });

  test('leave out ids that are not known', () => {
    expect(read(accepted)).toMatch(/request: r1\nstate: accepted\n*```/);
  });

  test('say who it runs as, how that was found and when', () => {
    expect(read(created)).toMatch(/Runs as \*Ada Lovelace\* · Matched by e-mail\. Checked <!date\^/);
    expect(read(accepted)).not.toContain('Runs as');
  });

  test('name session secrets but never show their values', () => {
    const request = { session_secrets: [{ key: 'TOKEN', value: 'hunter2', sensitive: true }] };
    expect(read({ ...accepted, request })).toContain('`TOKEN`');
    expect(JSON.stringify(renderDetails({ ...accepted, request }, en))).not.toContain('hunter2');
  });

  test.each(['word ', '<&>', '漢字'])('show all of a long task: %s', (word) => {
    const shown = read({ ...accepted, request: { prompt: `${word.repeat(12_000 / word.length)}the end` } });
    expect(shown).toContain('the end');
    expect(shown).not.toContain(en.details.cut);
  });

  test('show the beginning of a task that no view could hold, and say that it is shortened', () => {
    const prompt = `Begin ${'word '.repeat(50_000)}`;
    const support = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`key_${i}`, 'w'.repeat(2500)]));
    const problem = 'p'.repeat(5000);
    const approvals = Array.from({ length: 10 }, () => problem);
    const details = { ...accepted, request: { prompt }, sent: prompt, support, problem, approvals };
    expect(checkView(renderDetails(details, en))).toEqual([]);
    expect(read(details)).toContain('Begin word');
    expect(read(details)).toContain(en.details.cut);
  });

  test("leave out rows that don't fit, and say so", () => {
    const huge = Array.from({ length: 40 }, (_, i): [string, string] => [`key_${i}`, '漢'.repeat(3000)]);
    const details = { ...accepted, request: Object.fromEntries(huge) };
    expect(checkView(renderDetails(details, en))).toEqual([]);
    expect(read(details)).toContain('*key_0 ');
    expect(read(details)).not.toContain('*key_39 ');
    expect(read(details)).toContain(en.details.cut);
  });

  test('show the beginning of a long list and how much more there is', () => {
    const tags = Array.from({ length: 50 }, (_, i) => `${i}-${'t'.repeat(190)}`);
    expect(read({ ...accepted, request: { tags } })).toMatch(/`0-t+`, .*`, and \d\d more/);
  });

  test('link a long URL by its host and its end', () => {
    const address = `https://api.devin.ai/v3/organizations/org-1/attachments/${'a'.repeat(40)}/checkout.png`;
    const broken = `https://[${'a'.repeat(80)}`;
    const shown = read({ ...accepted, request: { attachment_urls: [address, broken] } });
    expect(shown).toContain(`<${address}|api.devin.ai/…/checkout.png>`);
    expect(shown).toContain(broken);
  });

  test('are a valid view, whatever they contain', () => {
    const words = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 400 }),
      fc.constantFrom('&'.repeat(40_000), '```'.repeat(2000), '漢'.repeat(30_000), '\u0001'.repeat(9000)),
    );
    const json = fc.oneof(fc.jsonValue(), words, fc.array(words, { maxLength: 60 }));
    const record = fc.dictionary(fc.string({ minLength: 1, maxLength: 200 }), json, { maxKeys: 40 });
    fc.assert(
      fc.property(
        record,
        fc.dictionary(fc.string({ minLength: 1 }), words),
        words,
        (request, support, problem) => {
          const identity = { name: problem, how: 'Matched.', checkedAtMs: 0 };
          const details = {
            ...created,
            request: { ...request, prompt: problem },
            support,
            identity,
            problem,
          };
          expect(checkView(renderDetails(details, en))).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});

test.each([
  [en, '{date_short_pretty}, {time}'],
  [ja, '{date_short_pretty} {time}'],
])("a moment is written as the reader's language does", (text, format) => {
  expect(shownMoment(1_392_734_382_900, text)).toBe(
    `<!date^1392734382^\u200B${format}|2014-02-18 14:39 UTC>`,
  );
});
