import { describe, expect, test } from 'vitest';
import { fateOf } from '../../src/slack/whose-message.ts';
import { sessionRow } from '../support/session-row.ts';

const BOT = 'UBOT';

type Known = Parameters<typeof fateOf>[1];

const said = (slackText: string, { forwarded = '', files = [] as string[] } = {}) => ({
  slackText,
  forwarded,
  message: {
    ts: '2.0',
    threadTs: '1.0',
    userId: 'U1',
    appName: null,
    text: slackText,
    files: files.map((name) => ({ id: name, name, mimetype: 'text/plain', size: 1, url: null })),
  },
});

const here = (known: Partial<Known> = {}): Known => ({
  session: sessionRow({ phase: 'working' }),
  isHeard: true,
  closed: null,
  lastWords: null,
  ...known,
});

const fate = (words: string, known: Partial<Known> = {}, beside = {}) =>
  fateOf(said(words.replace('%s', `<@${BOT}>`), beside), here(known), BOT);

const asleep = { session: sessionRow({ phase: 'asleep' }) };
const asks = { session: sessionRow({ phase: 'needs-you' }) };
const gone = { session: sessionRow({ phase: 'gone' }) };

describe("a message in a session's thread", () => {
  test.each<[string, Partial<Known>, string]>([
    ['use main', {}, 'use main'],
    ['%s use &lt;main&gt;', {}, 'use <main>'],
    // It sleeps, but that is no thank-you.
    ['ok, merge it', asleep, 'ok, merge it'],
    ['thanks', {}, 'thanks'],
    ['ok', { ...asleep, lastWords: 'Shall I merge it?' }, 'ok'],
    ['stop it', asks, 'stop it'],
    ['please mute', asks, 'please mute'],
    ['please mute', gone, 'please mute'],
  ])('goes to Devin: %s', (words, known, text) => {
    expect(fate(words, known)).toEqual({ kind: 'for-devin', text });
  });

  test.each<[string, Partial<Known>, unknown]>([
    ['(aside) use main', {}, { kind: 'for-people' }],
    ['use main', { isHeard: false }, { kind: 'for-people' }],
    ['please mute', { isHeard: false }, { kind: 'for-people' }],
    ['thanks', gone, { kind: 'for-people' }],
    ['mute', { isHeard: false }, { kind: 'keyword', keyword: 'mute' }],
    ['exit', { closed: 'untied' }, { kind: 'keyword', keyword: 'stop' }],
    ['please unmute', { closed: 'muted' }, { kind: 'keyword', keyword: 'unmute' }],
    ['help', { isHeard: false }, { kind: 'help' }],
    ['%s', {}, { kind: 'help' }],
    ['stop', {}, { kind: 'ask-first', about: 'stop' }],
    ['please archive this', {}, { kind: 'ask-first', about: 'archive' }],
    ['!new write the docs', { isHeard: false }, { kind: 'new', text: 'write the docs' }],
    ['use main', { closed: 'muted' }, { kind: 'stays-here', reason: 'muted' }],
    ['please archive this', { closed: 'untied' }, { kind: 'stays-here', reason: 'untied' }],
    ['thanks', { ...asleep, lastWords: 'I merged it.' }, { kind: 'stays-here', reason: 'courtesy' }],
  ])('stays here: %s', (words, known, expected) => {
    expect(fate(words, known)).toEqual(expected);
  });

  test.each(['exit', 'stop', 'please mute', 'stop it', 'thanks', ''])(
    'goes to Devin with a file or what it forwards, whatever its words: %j',
    (words) => {
      expect(fate(words, asleep, { files: ['log.txt'] })).toEqual({ kind: 'for-devin', text: words });
      const forwarding = fate(words, asleep, { forwarded: 'Ben\nwhich one?' });
      expect(JSON.stringify(forwarding)).toContain('Forwarded message:\\n> Ben\\n> which one?');
    },
  );
});
