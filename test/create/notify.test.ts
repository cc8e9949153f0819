import { expect, test } from 'vitest';
import { createPersonNotifier } from '../../src/create/notify.ts';
import type { Notice } from '../../src/queue/index.ts';
import { createEnvelopes, createSeal } from '../../src/store/envelope.ts';
import type { SessionRequest } from '../../src/store/request-row.ts';
import { en } from '../../src/text/en.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';

/** What the person is told privately about this request. */
async function told(changes: Partial<SessionRequest>, kind: Notice): Promise<string[]> {
  const texts: string[] = [];
  const tell = createPersonNotifier({
    store: {
      requests: { find: async () => Promise.resolve(requestRow(changes)) },
      sessions: { ofRequest: async () => Promise.resolve(sessionRow()) },
      forms: { insert: async () => Promise.resolve() },
      envelopes: createEnvelopes(createSeal(Buffer.alloc(32))),
    },
    outbound: {
      tellPrivately: async (_place, { text }) => {
        texts.push(text);
        return Promise.resolve('delivered');
      },
      removeNotice: async () => Promise.resolve(true),
      permalink: () => 'https://example.slack.com/archives/C1/p10',
    },
    textFor: async () => Promise.resolve(en),
  });
  await tell('request', kind);
  return texts;
}

test('says which request waits, and why', async () => {
  const draft = { values: { prompt: 'fix it' }, sources: {} };
  expect(await told({ waiting: 'slack', draft }, 'queued')).toEqual([`fix it\n${en.card.waiting.slack}`]);
});

test('says nothing about the wait once it is over', async () => {
  expect(await told({ waiting: null }, 'queued')).toEqual([]);
});

test.each([
  { kind: 'gave-up', waiting: 'busy' },
  { kind: 'secrets-lost' },
  { kind: 'cancelled', userId: 'U1' },
  { kind: 'approval', end: 'expired', rule: 'asked first', by: null, reason: null },
] as const)('says once that nothing was started: $kind', async (failure) => {
  const [text = ''] = await told({ state: 'failed', failure }, 'refused');
  expect(text.split(en.notices.nothingStarted)).toHaveLength(2);
});
