import { describe, expect, test } from 'vitest';
import { effectivePreferences } from '../../src/session/preferences.ts';
import { createWhoseMessage } from '../../src/slack/whose-message.ts';
import type { SessionRow } from '../../src/store/sessions.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const BOT = 'UBOT';

type Known = {
  session?: Partial<SessionRow>;
  /** Whether messages without a mention go to Devin. */
  isHeard?: boolean;
  lastWords?: string | null;
};

/** What becomes of a message; `%s` mentions the app. */
async function fate(
  words: string,
  { session, isHeard = true, lastWords = null }: Known = {},
  { forwarded = '', files = [] }: { forwarded?: string; files?: string[] } = {},
) {
  const listen = isHeard ? ('thread' as const) : ('mentions' as const);
  const { fateOf } = createWhoseMessage({
    requests: {
      find: async () => Promise.resolve(requestRow()),
      isUnderCard: async () => Promise.resolve(false),
    },
    settings: { preferencesFor: async () => Promise.resolve(effectivePreferences({ channel: { listen } })) },
    replies: { isOpening: async () => Promise.resolve(false) },
    messages: {
      lastMessage: async () =>
        Promise.resolve(lastWords === null ? null : { eventId: 'e', text: lastWords, state: 'posted' }),
    },
    botUserId: () => BOT,
  });
  const slackText = words.replace('%s', `<@${BOT}>`);
  const attached = files.map((name) => ({ id: name, name, mimetype: 'text/plain', size: 1, url: null }));
  const message = {
    ts: '2.0',
    threadTs: '1.0',
    userId: 'U1',
    appName: null,
    text: slackText,
    files: attached,
  };
  const said = { userId: 'U1', slackText, forwarded, message };
  return fateOf(sessionRow({ phase: 'working', ...session }), said);
}

const asleep = { session: { phase: 'asleep' as const } };
const finished = { session: { phase: 'finished' as const }, lastWords: 'See https://acme.example/pr?id=1.' };
const asks = { session: { phase: 'needs-you' as const } };
const gone = { session: { phase: 'gone' as const } };
const ended = { session: { phase: 'ended' as const, snapshot: sessionSnapshot('s', { status: 'exit' }) } };
const muted = { session: { muted: true } };
const untied = { session: { synced: false } };

describe("a message in a session's thread", () => {
  test.each<[string, Known, string]>([
    ['use main', {}, 'use main'],
    ['%s use &lt;main&gt;', {}, 'use <main>'],
    // It sleeps, but that is no thank-you.
    ['ok, merge it', asleep, 'ok, merge it'],
    ['thanks', {}, 'thanks'],
    ['ok', { ...asleep, lastWords: 'Shall I merge it?' }, 'ok'],
    ['got it', { ...finished, lastWords: 'Is that what you meant?' }, 'got it'],
    ['了解です', { ...finished, lastWords: 'マージしてもよろしいですか。' }, '了解です'],
    ['got it', asks, 'got it'],
    ['got it, now add tests', finished, 'got it, now add tests'],
    ['yes thanks', finished, 'yes thanks'],
    ['I see an error', finished, 'I see an error'],
    ['確認しました', finished, '確認しました'],
    ['了解です、マージして', finished, '了解です、マージして'],
    ...[
      'no',
      "that's no good",
      'ok, again',
      'ok, fixing',
      'ok, help',
      'ok work',
      'is this good',
      ':-1:',
      'ok ❌',
      '了解です、修正',
      '承知しました。対応',
      'お疲れ様です。修正の連絡です',
      'どうも、報告です',
    ].map((words): [string, Known, string] => [words, finished, words]),
    ['please mute', asks, 'please mute'],
    ['please mute', gone, 'please mute'],
  ])('goes to Devin: %s', async (words, known, text) => {
    expect(await fate(words, known)).toEqual({ kind: 'for-devin', text });
  });

  test.each<[string, Known, unknown]>([
    ['(aside) use main', {}, { kind: 'for-people' }],
    ['use main', { isHeard: false }, { kind: 'for-people' }],
    ['thanks', gone, { kind: 'for-people' }],
    ['thanks', ended, { kind: 'for-people' }],
    ['mute', { isHeard: false }, { kind: 'keyword', keyword: 'mute' }],
    ['exit', untied, { kind: 'keyword', keyword: 'stop' }],
    ['help', { isHeard: false }, { kind: 'help' }],
    ['%s', {}, { kind: 'help' }],
    ['stop', {}, { kind: 'ask-first' }],
    ['!new write the docs', { isHeard: false }, { kind: 'new', text: 'write the docs' }],
    ['use main', muted, { kind: 'stays-here', reason: 'muted' }],
    ['thanks', { ...asleep, lastWords: 'I merged it.' }, { kind: 'stays-here', reason: 'courtesy' }],
    [
      'ok, merged',
      { ...asleep, lastWords: 'Tell me once it is merged.' },
      { kind: 'for-devin', text: 'ok, merged' },
    ],
  ])('stays here: %s', async (words, known, expected) => {
    expect(await fate(words, known)).toEqual(expected);
  });

  test.each(['got it', 'LGTM!', 'well done', '了解です'])('wakes no session at rest: %s', async (words) => {
    expect(await fate(words, finished)).toEqual({ kind: 'stays-here', reason: 'courtesy' });
    expect(await fate(words)).toEqual({ kind: 'for-devin', text: words });
  });

  test.each(['exit', 'stop', 'please mute', 'stop it', 'thanks', ''])(
    'goes to Devin with a file or what it forwards, whatever its words: %j',
    async (words) => {
      expect(await fate(words, asleep, { files: ['log.txt'] })).toEqual({ kind: 'for-devin', text: words });
      const forwarding = await fate(words, asleep, { forwarded: 'Ben\nwhich one?' });
      expect(JSON.stringify(forwarding)).toContain('Forwarded message:\\n> Ben\\n> which one?');
    },
  );
});
