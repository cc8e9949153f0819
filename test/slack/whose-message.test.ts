import { describe, expect, test } from 'vitest';
import { editedText, routeOf } from '../../src/slack/listeners/messages.ts';

const BOT = 'UBOT';
const BEN = '<@U0BEN>';

type Where = Parameters<typeof routeOf>[1];

const WHERE: Where = {
  phase: 'working',
  muted: false,
  listen: null,
  began: 'app',
  isRequester: false,
  isAnswer: false,
  botUserId: BOT,
};

/** `%s` mentions the app. */
function said(words: string, { forwarded = '', files = [] }: { forwarded?: string; files?: string[] } = {}) {
  const slackText = words.replace('%s', `<@${BOT}>`);
  const attached = files.map((name) => ({ id: name, name, mimetype: 'text/plain', size: 1, url: null }));
  const place = { ts: '2.0', threadTs: '1.0', userId: 'U1', appName: null };
  return { slackText, forwarded, message: { ...place, text: slackText, files: attached } };
}

/** In one word: what Devin gets, or what else happens. */
function route(words: string, where: Partial<Where> = {}, more?: Parameters<typeof said>[1]): string {
  const found = routeOf(said(words, more), { ...WHERE, ...where });
  if (found.kind === 'for-devin') return `Devin: ${found.text}`;
  return found.kind === 'word' ? found.word : found.kind;
}

const AT_REST = ['finished', 'asleep', 'capped', 'failed', 'ended', 'gone'] as const;
const answer = { isAnswer: true, isRequester: true, phase: 'needs-you' } as const;
const people = { began: 'people' } as const;
const mentions = { listen: 'mentions' } as const;

describe("a message in a session's thread", () => {
  test.each<[string, Partial<Where>, string]>([
    ['use main', {}, 'use main'],
    ['use main', { phase: null }, 'use main'],
    ['%s use &lt;main&gt;', {}, 'use <main>'],
    ['thanks', {}, 'thanks'],
    [`use main, ${BEN} agrees`, {}, `use main, ${BEN} agrees`],
    ['main. cc <!subteam^S0OPS>', answer, 'main. cc @S0OPS'],
    [`&gt; ${BEN} said so\nmain`, answer, `> ${BEN} said so\nmain`],
    ['use main', { ...answer, ...mentions }, 'use main'],
    ['main', { ...answer, phase: 'asleep' }, 'main'],
    ['stop it', answer, 'stop it'],
    ['please mute', {}, 'please mute'],
    ['use main', { ...people, isRequester: true }, 'use main'],
    ['%s use main', people, 'use main'],
    ['%s use main', mentions, 'use main'],
    ['use main', { ...people, listen: 'thread' }, 'use main'],
    ['use main', { began: 'direct', listen: 'mentions' }, 'use main'],
    [`${BEN}'s branch`, { began: 'direct' }, `${BEN}'s branch`],
    ['%s go on', { phase: 'finished' }, 'go on'],
  ])('goes to Devin: %j %j', (words, where, text) => {
    expect(route(words, where)).toBe(`Devin: ${text}`);
  });

  test.each<[string, Partial<Where>, string]>([
    ['(aside) use main', answer, 'for-people'],
    [`${BEN} agrees: main`, answer, 'for-people'],
    [`${BEN} look, %s is done`, {}, 'for-people'],
    ['use main', people, 'for-people'],
    ['mute', people, 'for-people'],
    ['use main', { ...mentions, isRequester: true }, 'for-people'],
    ['use main', { muted: true }, 'muted'],
    ['%s use main', { muted: true }, 'muted'],
    ['mute', mentions, 'mute'],
    ['unmute', { muted: true }, 'unmute'],
    ['%s exit', people, 'exit'],
    ['%s', {}, 'help'],
    ['!new write the docs', {}, 'new'],
  ])('stays here: %j %j', (words, where, what) => {
    expect(route(words, where)).toBe(what);
  });

  test.each(AT_REST)('wakes nothing that is %s, whatever it says', (phase) => {
    for (const words of ['thanks', 'looks good to me', 'merge it', 'is it deployed?'])
      expect(route(words, { phase, isRequester: true })).toBe('at-rest');
    expect(route('', { phase }, { files: ['log.txt'] })).toBe('at-rest');
  });

  test.each(['exit', 'stop', 'mute', '%s stop', ''])(
    'goes to Devin with a file or what it forwards, whatever its words: %j',
    (words) => {
      const text = words.replace('%s ', '');
      expect(route(words, {}, { files: ['log.txt'] })).toBe(`Devin: ${text}`);
      expect(route(words, {}, { forwarded: 'Ben\nwhich one?' })).toContain('Forwarded or attached:\n> Ben');
    },
  );

  test.each([
    ['use release', 'use release'],
    ['%s use release', 'use release'],
    ['(aside) never mind', null],
    [`${BEN} use release`, null],
    ['mute', null],
  ])('is %j by an edit: Devin gets %j', (words, text) => {
    expect(editedText(said(words), BOT)).toBe(text);
  });
});
