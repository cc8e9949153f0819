import type { SessionCard } from '../../src/slack/views/session-card.ts';

/** A card of a request that has nothing to show yet. */
export const BARE_CARD: SessionCard = {
  requestId: 'r1',
  phase: 'queued',
  statusWord: null,
  title: 'Fix the flaky login test',
  requester: 'U1',
  people: ['Ana Ruiz'],
  url: null,
  repos: [],
  mode: null,
  acuLimit: null,
  acusUsed: 0,
  lastedMs: null,
  waits: null,
  pullRequests: [],
  lastWords: null,
  notes: [],
  thread: null,
  threadLine: null,
  problem: null,
  inPlace: null,
  actions: [],
};
