import { shownIdentity } from '../../../src/slack/card-view.ts';
import { renderApproval, type ApprovalView } from '../../../src/slack/views/approval.ts';
import { optionWords, renderDetails } from '../../../src/slack/views/details.ts';
import { renderHome } from '../../../src/slack/views/home.ts';
import { renderToldElsewhere, renderMilestone } from '../../../src/slack/views/milestone.ts';
import { refusal } from '../../../src/slack/views/notices.ts';
import { fact, linkedTitle, renderCard, type SessionCard } from '../../../src/slack/views/session-card.ts';
import { renderSessionForm } from '../../../src/slack/views/session-form.ts';
import { renderSessionList } from '../../../src/slack/views/session-list.ts';
import { en } from '../../../src/text/en.ts';
import type { Text } from '../../../src/text/index.ts';
import { BARE_HOME } from '../../support/home.ts';
import { MATCHED } from '../../support/identity.ts';

/** Where foreign words appear among ours. */
export const PLACES: Readonly<Record<string, (words: string, text?: Text) => unknown>> = {
  'the card': (words, text = en) => renderCard(cardOf(words), text),
  'the card, where nothing is known yet': (words, text = en) =>
    renderCard({ ...cardOf(words), url: null }, text),
  'a list of sessions': (words, text = en) =>
    renderSessionList(
      {
        command: '/cog',
        whose: 'mine',
        nextPage: null,
        entries: [{ card: cardOf(words), ...LISTED }],
      },
      text,
    ),
  'the Home': (words, text = en) =>
    renderHome(
      {
        command: '/cog',
        channelId: 'D1',
        runsAs: shownIdentity({ ...MATCHED, name: words }, text),
        sessions: [{ card: cardOf(words), thread: 'https://acme.slack.com/archives/C1/p1' }],
        hasMore: true,
        health: null,
        ...BARE_HOME,
        approvals: [{ card: cardOf(words), requestId: 'r1', number: 0 }],
        defaults: { values: { title: words }, sources: {} },
      },
      text,
    ),
  'the message that it asks': (words, text = en) => renderMilestone(messageOf('needs-you', words), text),
  'the message that it finished': (words, text = en) => renderMilestone(messageOf('finished', words), text),
  'the message that it failed': (words, text = en) => renderMilestone(messageOf('failed', words), text),
  'the message that it stopped': (words, text = en) => renderMilestone(messageOf('capped', words), text),
  'the message that it waits for approval': (words, text = en) =>
    renderMilestone(messageOf('needs-approval', words), text),
  'a pull request': (words, text = en) =>
    renderMilestone({ ...messageOf('finished', words), what: { kind: 'pr', url: words } }, text),
  'the form': (words, text = en) =>
    renderSessionForm(
      {
        formId: 'f1',
        groups: ['guidance'],
        values: { playbook_id: 'p1' },
        sources: {},
        names: { p1: words },
        faults: {},
        about: words,
        runsAs: shownIdentity({ ...MATCHED, name: words }, text),
        choices: {
          closed: null,
          set: { title: words },
          modes: {},
          instructions: words,
          most: null,
          budgets: [],
        },
        secretNames: [words],
      },
      text,
    ),
  'options in a few words': (words, text = en) =>
    optionWords({ title: words, repos: [words], playbook_id: 'p1' }, text, { p1: words }),
  Details: (words, text = en) =>
    renderDetails(
      {
        asked: { values: { playbook_id: 'p1' }, names: { p1: words } },
        url: null,
        identity: shownIdentity({ ...MATCHED, name: words }, en),
        support: { status: words },
        sent: null,
        instructions: words,
        news: [],
      },
      text,
    ),
};

/** Where they are separate from ours, on lines of their own. */
export const QUOTES: Readonly<Record<string, (words: string, text?: Text) => unknown>> = {
  'the message that asks for an approval': (words, text = en) => renderApproval(approvalOf(words), text),
  'a message from the web app': (words, text = en) => renderToldElsewhere({ name: null, words }, text),
  'a refusal': (words, text = en) => refusal({ problems: ['No.'], typed: words }, text),
};

const LISTED = { askedAtMs: 0, isShown: true };

export function cardOf(words: string): SessionCard {
  return {
    requestId: 'r1',
    phase: 'needs-you',
    statusWord: null,
    title: words,
    requester: 'U1',
    people: [fact(words)],
    url: 'https://app.devin.ai/sessions/abc',
    repos: [words, words],
    mode: words,
    acuLimit: 10,
    acusUsed: 1,
    lastedMs: 60_000,
    waits: null,
    pullRequests: [{ url: 'https://github.com/acme/web/pull/412', state: words }],
    lastWords: words,
    thread: null,
    threadLine: null,
    notes: [],
    problem: null,
    inPlace: null,
    actions: ['open'],
  };
}

export function messageOf(
  kind: 'needs-you' | 'finished' | 'failed' | 'capped' | 'ended' | 'needs-approval',
  words: string,
) {
  return {
    what: { kind },
    card: cardOf(words),
    said: { key: 'e1', text: `${words}.`, shown: null },
    isDevins: false,
    name: linkedTitle(cardOf(words), en),
    beside: [],
    key: 'needs-you:1',
    userId: 'U1',
    answered: null,
    result: null,
  } satisfies Parameters<typeof renderMilestone>[0];
}

/** An approver's message, with these words wherever someone else's appear. */
export function approvalOf(words: string): ApprovalView {
  return {
    requestId: 'r1',
    number: 0,
    approval: {
      rule: words,
      say: words,
      need: 2,
      people: [],
      fingerprint: 'f',
      policy: null,
      yes: [{ userId: 'U2', name: words }],
      end: null,
    },
    title: words,
    untilMs: null,
    requester: 'U1',
    channelId: null,
    task: words,
    secretNames: [words],
    names: { p1: words },
    asked: {
      values: { title: words, repos: [words], playbook_id: 'p1' },
      runsAs: words,
      quotedMessages: 2,
      files: [words],
      leftOut: 1,
      instructions: words,
    },
  };
}
