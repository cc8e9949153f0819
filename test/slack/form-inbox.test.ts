import { expect, test } from 'vitest';
import { createFormInbox } from '../../src/slack/form-inbox.ts';
import { createEnvelopes, createSeal } from '../../src/store/envelope.ts';
import { requestRow } from '../support/request-row.ts';

const NOTHING = { values: {}, sources: {} };
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
