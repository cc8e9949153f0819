import { fields, OPTION_GROUPS } from '../../src/session/fields.ts';
import type { Doubt } from '../../src/session/intent.ts';
import { SESSION_PHASES } from '../../src/session/lifecycle.ts';
import { effectivePreferences } from '../../src/session/preferences.ts';
import {
  renderDoubt,
  renderHelp,
  renderNotDone,
  renderRunning,
  USAGE,
} from '../../src/slack/command/help.ts';
import type { CardAction } from '../../src/slack/edge/ids.ts';
import { renderHome, type Home } from '../../src/slack/views/home.ts';
import {
  renderToldElsewhere,
  renderMilestone,
  type MilestoneMessage,
} from '../../src/slack/views/milestone.ts';
import {
  cardElsewhere,
  formButton,
  noCard,
  refusal,
  notice,
  renderGreeting,
  renderOutcome,
  sessionOver,
  unopened,
} from '../../src/slack/views/notices.ts';
import type { Rendered } from '../../src/slack/views/objects.ts';
import { renderReview, type Review } from '../../src/slack/views/review.ts';
import { renderCard } from '../../src/slack/views/session-card.ts';
import {
  renderSessionForm,
  type FormIdentity,
  type SessionForm,
} from '../../src/slack/views/session-form.ts';
import { renderSessionList, renderSessionPick } from '../../src/slack/views/session-list.ts';
import { renderDefaults, renderSettingsForm } from '../../src/slack/views/settings.ts';
import {
  renderAskStop,
  renderOfferWake,
  renderReplyBox,
  renderStopDialog,
  renderThreadHelp,
} from '../../src/slack/views/steering.ts';
import type { Text } from '../../src/text/index.ts';
import { cardOf, messageOf, PLACES, QUOTES } from '../slack/views/places.ts';
import { BARE_HOME } from '../support/home.ts';

type Screen = (text: Text) => Rendered | object;

const card = cardOf('words');
const ALL: CardAction[] = ['open', 'details', 'reply', 'mute', 'listen-thread', 'ask-stop', 'start-anyway'];
const PREFERENCES = {
  notify: 'thread',
  steer: 'members',
  listen: null,
  mentions: null,
  language: null,
} as const;
const asked = (doubt: Doubt, text: Text): Rendered => {
  const intent = { kind: 'ask-first', doubt, draft: {} } as const;
  return renderDoubt(intent, { command: '/cog', typed: 'words', formId: 'f1' }, text);
};
const REVIEW: Review = {
  values: { prompt: 'words', session_secrets: [{ key: 'A', value: 'B', sensitive: true }] },
  names: {},
  instructions: 'words',
  items: (['member', 'guest', 'external', 'app', 'unknown'] as const).flatMap((authorKind, at) => {
    const message = { author: null, authorKind, atMs: 0, text: '', files: [], picked: at === 0 };
    const item = { name: 'words', message };
    return [
      { ...item, kind: 'message' as const, id: `${at}.0` },
      { ...item, kind: 'file' as const, id: `F${at}` },
    ];
  }),
  without: null,
  notes: ['words'],
};
const MEMBER: FormIdentity = { mayStart: true, who: 'words', how: 'words' };
const FORM: SessionForm = {
  formId: 'f1',
  groups: [...OPTION_GROUPS],
  values: {},
  sources: {},
  names: {},
  faults: {},
  about: 'words',
  runsAs: MEMBER,
  choices: null,
  secretNames: [],
};
const HOME: Home = {
  command: '/cog',
  channelId: 'D1',
  runsAs: MEMBER,
  sessions: [],
  hasMore: false,
  health: null,
  ...BARE_HOME,
  defaults: { values: {}, sources: {} },
};

function FORMS(): Partial<SessionForm>[] {
  const faults = Object.fromEntries(fields.map(({ key }) => [key, { typed: ['words'], said: null }]));
  return [
    {},
    { groups: [] },
    { faults },
    { secretNames: ['words'] },
    { choices: CHOICES },
    { runsAs: { mayStart: false, who: 'words', how: null } },
  ];
}

/** With everything that the policy can say. */
const CHOICES: NonNullable<SessionForm['choices']> = {
  closed: null,
  set: {},
  modes: { ultra: 'approve', fast: 'refuse' },
  instructions: 'words',
  most: 5,
  budgets: [{ key: 'acu_per_month', most: 10, used: 3, reserved: 4, sessions: 2, own: [] }],
};

function HOMES(): Partial<Home>[] {
  const health = {
    devin: 'key-refused' as const,
    missingScopes: ['a'],
    setAside: 2,
    files: ['policy', 'mapping'] as const,
  };
  return [
    {},
    { preferences: { ...PREFERENCES, language: 'ja' } },
    { health },
    { health: { ...health, devin: null } },
    { runsAs: { mayStart: false, who: 'words', how: null } },
    { approvals: [{ card: { ...card, phase: 'needs-approval', url: null }, requestId: 'r1', number: 0 }] },
  ];
}

function whatOf(kind: 'found-late' | 'duplicate') {
  return kind === 'found-late' ? { kind } : { kind, url: 'https://app.devin.ai/sessions/a1' };
}

function question(answered: MilestoneMessage['answered'], text: Text) {
  const card = { ...messageOf('needs-you', 'words').card, actions: ['reply' as const] };
  const said = { key: 'e1', text: 'Which?\n- a\n- b', shown: { text: 'words', blocks: [] } };
  return renderMilestone({ ...messageOf('needs-you', 'words'), card, said, answered }, text);
}

function objectOf(rendered: unknown): object {
  return typeof rendered === 'object' && rendered !== null ? rendered : {};
}

function each<Value>(
  values: Readonly<Record<string, Value>>,
  screenOf: (value: Value) => Screen,
): Record<string, Screen> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, screenOf(value)]));
}

function named<Value>(
  what: string,
  values: readonly Value[],
  screenOf: (value: Value) => Screen,
): Record<string, Screen> {
  const nameOf = (value: Value, at: number): string => (typeof value === 'string' ? value : String(at));
  return Object.fromEntries(values.map((value, at) => [`${what}: ${nameOf(value, at)}`, screenOf(value)]));
}

/** Ours alone: what Slack shows of the catalog, with as little foreign text as possible. */
export const SCREENS: Readonly<Record<string, Screen>> = {
  ...each({ ...PLACES, ...QUOTES }, (place) => (text) => objectOf(place('words', text))),
  ...named(
    'the card',
    SESSION_PHASES,
    (phase) => (text) => renderCard({ ...card, phase, actions: ALL }, text),
  ),
  ...named('the form', FORMS(), (form) => (text) => renderSessionForm({ ...FORM, ...form }, text)),
  ...named('the Home', HOMES(), (home) => (text) => renderHome({ ...HOME, ...home }, text)),
  ...named(
    'help',
    [false, true],
    (withOptions) => (text) => renderHelp({ command: '/cog', withOptions }, text),
  ),
  'a list to stop from': (text) =>
    renderSessionPick(
      { entries: [true, false].map((hasSession) => ({ card, hasSession })), usage: `/cog ${USAGE.stop}` },
      text,
    ),
  'nothing to stop': (text) => renderSessionPick({ entries: [], usage: `/cog ${USAGE.stop}` }, text),
  ...named(
    'settings',
    ['C1', null],
    (channelId) => (text) =>
      renderSettingsForm(
        { channelId, inForce: effectivePreferences([{ listen: 'thread', mentions: 'ask' }]) },
        text,
      ),
  ),
  'what did not open': (text) => unopened('words', formButton('f1', text), text),
  'the box': (text) => renderReplyBox('r1', text),
  'a session near its cap': (text) =>
    renderMilestone({ ...messageOf('ended', 'words'), what: { kind: 'near-cap' } }, text),
  'an end without a result': (text) => renderMilestone(messageOf('ended', 'words'), text),
  ...named(
    'what came late',
    ['found-late', 'duplicate'] as const,
    (kind) => (text) => renderMilestone({ ...messageOf('failed', 'words'), what: whatOf(kind) }, text),
  ),
  ...named(
    'an outcome',
    ['unknown', 'failed'] as const,
    (phase) => (text) =>
      renderOutcome(
        {
          card: { ...card, phase },
          userId: 'U1',
          reason: null,
          cardUrl: 'https://acme.slack.com/p1',
        },
        text,
      ),
  ),
  'the defaults': (text) => renderDefaults({ values: {}, sources: {} }, [], text),
  'an empty list': (text) =>
    renderSessionList({ command: '/cog', whose: 'all', nextPage: null, entries: [] }, text),
  'a greeting': (text) => renderGreeting('/cog', text),
  'a session that runs already': (text) =>
    renderRunning(
      {
        requestId: 'r1',
        url: 'https://app.devin.ai/sessions/a',
        another: { actionId: 'again', formId: 'f1' },
      },
      text,
    ),
  'a question': (text) => asked({ kind: 'command', name: 'status', meant: 'status' }, text),
  'a question about a command without its values': (text) =>
    asked({ kind: 'command', name: 'follow', meant: null }, text),
  'a question about an option in a task': (text) =>
    asked({ kind: 'option', typed: [], meant: '--acu 10' }, text),
  'a question about an unknown option': (text) =>
    asked({ kind: 'option', typed: ['--words'], meant: '' }, text),
  'a question about one word': (text) => asked({ kind: 'perhaps-talk' }, text),
  'a command with words that it does not take': (text) =>
    renderNotDone(['words'], { command: '/cog', typed: 'defaults me fix it' }, text),
  'help in a thread': renderThreadHelp,
  'the question before a stop in a thread': (text) => renderAskStop('r1', text),
  'the offer to wake a session': (text) => renderOfferWake('y1', text),
  'the question before a stop': (text) => renderStopDialog(card, text),
  'what Devin gets': (text) => renderReview('f1', REVIEW, text),
  'what Devin gets, while it is read': (text) => renderReview('f1', null, text),
  'a card elsewhere': (text) => cardElsewhere({ code: 'not_in_channel', link: null }, text),
  'no card': (text) => noCard({ url: 'https://app.devin.ai/sessions/a' }, text),
  'a session that is over': (text) => sessionOver('r1', text),
  'a notice': (text) => notice([text.steering.notLookedUp]),
  'a second attempt that was refused': (text) =>
    refusal({ problems: ['words'], title: text.notices.notSentAgain }, text),
  'a request whose task was deleted': (text) => notice([text.notices.taskDeleted]),
  'a file in Devin': (text) => notice([text.thread.fileInDevin('`a.png`')]),
  'a reply by a command': (text) => renderToldElsewhere({ name: 'Ana', words: 'words' }, text)[0] ?? {},
  'a question that nobody answered': (text) => question(null, text),
  'an answered question': (text) => question({ userId: 'U1', at: new Date(0), words: 'words' }, text),
};
