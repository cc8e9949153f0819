import { expect, test } from 'vitest';
import { detailsView } from '../../src/slack/listeners/cards.ts';
import { renderDetails } from '../../src/slack/views/details.ts';
import { en } from '../../src/text/en.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

/** What comes from the conversation, and what Devin made of it. */
const THEIRS = ['we bought it', 'app.log', 'sessions/s1'];

test.each([
  ["shows an approver who isn't in the conversation only what was asked for", true],
  ['shows everything to people in it', false],
])('Details %s', (_who, onlyAsked) => {
  const prompt = 'fix it\n<slack-messages>\nwe bought it';
  const uploads = { urls: ['https://app.devin.ai/attachments/1/app.log'], leftOut: [] };
  const request = requestRow({ draft: { values: { prompt: 'fix it' }, sources: {} }, prompt, uploads });
  const session = sessionRow({ snapshot: sessionSnapshot('s1', {}) });
  const view = detailsView({ request, session, onlyAsked }, en);
  const shown = JSON.stringify(renderDetails(view, en));
  expect(shown).toContain('fix it');
  expect(THEIRS.filter((words) => shown.includes(words))).toEqual(onlyAsked ? [] : THEIRS);
});
