import { expect, test } from 'vitest';
import { createFormInbox } from '../../src/slack/form-inbox.ts';
import { createEnvelopes, createSeal } from '../../src/store/envelope.ts';
import { requestRow } from '../support/request-row.ts';

const NOTHING = { values: {}, sources: {} };
const EARLIER = { requestId: 'r1', number: 0 };
const LATER = { requestId: 'r2', number: 0 };
const TOKEN = `ghp_${'a1B2'.repeat(9)}`;
const HIDDEN = { typed: [], said: null, hidden: ['ghp_…'] };

const { offerAgain } = createFormInbox({
  forms: {
    insert: async () => Promise.resolve(),
    find: async () => Promise.resolve(null),
    change: async () => Promise.resolve(),
  },
  envelopes: createEnvelopes(createSeal(Buffer.alloc(32))),
  effectiveDraft: async () => Promise.resolve(NOTHING),
});

test.each([
  ['what the request was to replace, for its author', 'U1', {}, EARLIER],
  ['nothing of what another person was to replace', 'U2', {}, null],
  ['what an approver changes now', 'U2', { replaces: LATER }, LATER],
])('a form that is filled in like a request replaces %s', async (_what, userId, pressed, replaces) => {
  const request = requestRow({ userId: 'U1', replaces: EARLIER });
  const form = await offerAgain({ userId, responseUrl: null, ...pressed }, request);
  expect(form.replaces).toEqual(replaces);
});

test.each([
  ['the author a token in it', 'U1', TOKEN, {}],
  [
    'another person only how it starts, to be replaced',
    'U2',
    'ghp_…',
    { prompt: HIDDEN, title: HIDDEN, attachment_urls: HIDDEN },
  ],
])('a form that is filled in like a request shows %s', async (_who, userId, shown, found) => {
  const valuesWith = (token: string) => ({
    prompt: `push with ${token}`,
    title: `Push with ${token}`,
    repos: ['acme/web'],
    attachment_urls: ['https://acme.example/a.png', `https://acme.example/log?token=${token}`],
  });
  const request = requestRow({ userId: 'U1', draft: { values: valuesWith(TOKEN), sources: {} } });
  const { draft, faults } = await offerAgain({ userId, responseUrl: null }, request);
  expect(faults).toEqual(found);
  expect(draft.values).toEqual(valuesWith(shown));
});
