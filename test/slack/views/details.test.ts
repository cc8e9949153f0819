import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkView } from '../../../sandbox/slack/rules/view.ts';
import { REQUEST_STATES } from '../../../src/session/request.ts';
import { sessionSnapshotSchema } from '../../../src/session/snapshot.ts';
import { shownMoment } from '../../../src/slack/views/details-values.ts';
import { renderDetails, type SessionDetails } from '../../../src/slack/views/details.ts';
import { en } from '../../../src/text/en.ts';
import { ja } from '../../../src/text/ja.ts';

const accepted: SessionDetails = {
  request: { prompt: 'Fix the flaky login test' },
  sources: { prompt: 'request' },
  names: {},
  snapshot: null,
  identity: null,
  requestId: 'r1',
  state: 'accepted',
  createdAtMs: Date.UTC(2026, 4, 1, 9, 30),
  updatedAtMs: Date.UTC(2026, 4, 1, 9, 31),
  problem: null,
  included: null,
  sent: null,
  leftOut: [],
  instructions: null,
  approvals: [],
};

const created: SessionDetails = {
  ...accepted,
  state: 'created',
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
  snapshot: {
    sessionId: 'abc123',
    url: 'https://app.devin.ai/sessions/abc123',
    status: 'running',
    statusDetail: null,
    createdAt: 1_777_627_800,
    acusConsumed: 1.4,
    isArchived: false,
    childSessionIds: [],
    pullRequests: [
      { prUrl: 'https://github.com/acme/web/pull/412', prState: 'open' },
      { prUrl: 'https://github.com/acme/api/pull/7', prState: null },
    ],
    notKnownYet: 'new',
  },
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
  test.each(REQUEST_STATES)('say in words that a request is %s', (state) => {
    expect(read({ ...accepted, state })).toContain(en.details.states[state]);
  });

  test('show where each value comes from', () => {
    const shown = read(created);
    expect(shown).toContain('*Task*: `Fix the flaky login test`');
    expect(shown).toContain(`*Repositories (${en.details.why.channel})*: \`acme/web\`, \`acme/api\``);
    expect(shown).toContain(`*ACU cap (${en.details.why.workspace})*: 10`);
    expect(shown).toContain(`*Knowledge (${en.details.why.person})*: none`);
    expect(shown).toContain(`*As member (${en.details.why.app})*: \`email|abc\``);
  });

  test("are grouped: what was asked, context, progress, Devin's answer, and ids last", () => {
    const left = ['The file a.zip was left out.'];
    const shown = read({ ...created, included: en.details.contexts.thread, leftOut: left });
    const { headings } = en.details;
    const order = [
      headings.asked,
      '*Task*',
      '*ACU cap',
      headings.context,
      '*Included*: The whole thread',
      '*Left out*: The file',
      headings.request,
      '*Runs as*',
      headings.response,
      '*ACU used*: 1.4',
      headings.ids,
      '*Session ID*',
    ];
    const places = order.map((words) => shown.indexOf(words));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(shown.slice(0, shown.indexOf(headings.ids))).not.toContain('abc123`');
  });

  test('show all that the answer says, even unknown keys, and nothing that it leaves empty', () => {
    const shown = read(created);
    expect(shown).toContain('*Session ID*: `abc123`');
    expect(shown).toContain('*ACU used*: 1.4');
    expect(shown).toContain('*Archived*: no');
    expect(shown).not.toContain(en.details.response.statusDetail);
    expect(shown).toContain('*notKnownYet*: `new`');
    expect(shown).toContain(
      '<https://github.com/acme/web/pull/412|https://github.com/acme/web/pull/412> `open`',
    );
  });

  test('have a label for every known key', () => {
    expect(Object.keys(sessionSnapshotSchema.shape).toSorted()).toEqual(
      Object.keys(en.details.response).toSorted(),
    );
  });

  test("show times in the reader's time zone", () => {
    expect(read(created)).toMatch(/\*Created\*: <!date\^1777627800\^[^|]+\|2026-05-01 09:30 UTC>/);
    expect(read(created)).toMatch(/\*Requested\*: <!date\^1777627800\^/);
  });

  test('show an invalid time as its number', () => {
    expect(read({ ...accepted, snapshot: { createdAt: 1e20 } })).toContain(
      '*Created*: 100000000000000000000',
    );
  });

  test('say who it runs as, how that was found and when', () => {
    expect(read(created)).toMatch(/\*Runs as\*: Ada Lovelace\. Matched by e-mail\. Checked <!date\^/);
    expect(read(accepted)).toContain(en.details.identityOpen);
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
    const snapshot = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`key_${i}`, 'w'.repeat(2500)]));
    const problem = 'p'.repeat(5000);
    const approvals = Array.from({ length: 10 }, () => problem);
    const details = { ...accepted, request: { prompt }, sent: prompt, snapshot, problem, approvals };
    expect(checkView(renderDetails(details, en))).toEqual([]);
    expect(read(details)).toContain('Begin word');
    expect(read(details)).toContain(en.details.cut);
  });

  test("leave out rows that don't fit, and say so", () => {
    const huge = Array.from({ length: 40 }, (_, i): [string, string] => [`key_${i}`, '漢'.repeat(3000)]);
    const details = { ...accepted, snapshot: Object.fromEntries(huge) };
    expect(checkView(renderDetails(details, en))).toEqual([]);
    expect(read(details)).toContain('*key_0*');
    expect(read(details)).not.toContain('*key_39*');
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
      fc.property(record, record, words, (request, response, problem) => {
        const identity = { name: problem, how: 'Matched.', checkedAtMs: 0 };
        const details = { ...created, request: { ...request, prompt: problem }, response, identity, problem };
        expect(checkView(renderDetails(details, en))).toEqual([]);
      }),
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
