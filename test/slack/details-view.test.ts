import { expect, test } from 'vitest';
import { detailsView } from '../../src/slack/details-view.ts';
import { renderDetails } from '../../src/slack/views/details.ts';
import { en } from '../../src/text/en.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

/** What comes from the conversation, and what Devin made of it. */
const THEIRS = ['we bought it', 'app.log', 'The secret takeover'];

test.each([
  ["shows an approver who isn't in the conversation only what was asked for", true],
  ['shows everything to people in it', false],
])('Details %s', (_who, onlyAsked) => {
  const prompt = 'fix it\n<slack-messages>\nwe bought it';
  const uploads = { urls: ['https://app.devin.ai/attachments/1/app.log'], leftOut: [] };
  const request = requestRow({ draft: { values: { prompt: 'fix it' }, sources: {} }, prompt, uploads });
  const session = sessionRow({ snapshot: sessionSnapshot('s1', { title: 'The secret takeover' }) });
  const view = detailsView({ request, session, onlyAsked }, en);
  const shown = JSON.stringify(renderDetails(view, en));
  expect(shown).toContain('fix it');
  expect(THEIRS.filter((words) => shown.includes(words))).toEqual(onlyAsked ? [] : THEIRS);
});

test.each([
  ['canceled', { kind: 'cancelled', userId: 'U1' }, 'Ended, nothing was started'],
  ['given up', { kind: 'gave-up', waiting: null }, 'Failed, nothing was started'],
] as const)('Details of a request that was %s show the same end as its card', (_how, failure, status) => {
  const request = requestRow({ state: 'failed', failure });
  const view = detailsView({ request, session: null, onlyAsked: false }, en);
  expect(JSON.stringify(renderDetails(view, en))).toContain(status);
});
