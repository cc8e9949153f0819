import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isValidElement, type ComponentChildren } from 'preact';
import { describe, expect, test } from 'vitest';
import type { AppState } from '../../../sandbox/page/client/app.ts';
import { complete, suggestionsFor } from '../../../sandbox/page/client/completion.ts';
import { emojiOf } from '../../../sandbox/page/client/emoji.ts';
import { asTyped, mrkdwn } from '../../../sandbox/page/client/mrkdwn.ts';
import { formatMoment } from '../../../sandbox/page/client/time.ts';
import type { Person, Snapshot } from '../../../sandbox/page/client/wire.ts';

function person(id: string, name: string, realName: string): Person {
  return { id, name, realName, locale: 'en-US', isBot: false, role: 'member', canBePlayed: true };
}

const snapshot: Snapshot = {
  workspace: { teamName: 'Acme', appName: 'Devin', botUserId: 'U0', hasHome: true },
  commands: [{ name: '/devin', description: 'Start a Devin session', usageHint: 'fix it' }],
  shortcuts: [],
  people: [person('U1', 'ada', 'Ada Long'), person('U2', 'bob', 'Bob Short')],
  channels: [
    {
      id: 'C1',
      name: 'secret',
      kind: 'private',
      isExternal: false,
      isArchived: false,
      memberIds: ['U2'],
      messages: [],
    },
  ],
  views: [],
  homes: {},
  files: {},
  sessions: [],
  guide: null,
};

const none = new Map<string, never>();
const state: AppState = {
  snapshot,
  userId: 'U1',
  channelId: '',
  isHome: false,
  threadTs: null,
  notices: [],
  dialog: null,
  menu: null,
  written: none,
  editing: null,
  suggesting: null,
  searches: none,
  entries: none,
  offers: none,
  busy: new Set(),
  viewTrouble: none,
  toast: null,
  trying: null,
  seen: none,
  isConnected: true,
  panel: {
    isOpen: false,
    control: null,
    filter: 'all',
    opened: null,
    choice: {
      devin: { place: 'create', what: 'lost' },
      slack: { place: 'chat.postMessage', what: 'lost' },
      times: 1,
    },
    busy: null,
    problem: null,
  },
};

/** As HTML without attributes, except links' targets. */
function html(child: ComponentChildren): string {
  if (typeof child === 'string') return child;
  if (Array.isArray(child)) return child.map(html).join('');
  if (!isValidElement(child)) return '';
  const { type, props } = child;
  const href = 'href' in props ? ` ${String(props.href)}` : '';
  return `<${String(type)}${href}>${html(props.children)}</${String(type)}>`;
}

const shown = (text: string): string => html(mrkdwn(state, text));
const line = (inner: string): string => `<div>${inner}</div>`;

describe("Slack's markup", () => {
  test.each([
    ['*bold* and _slanted_ and ~gone~', '<strong>bold</strong> and <em>slanted</em> and <s>gone</s>'],
    ['snake_case_name and 2*3*4', 'snake_case_name and 2*3*4'],
    ['*<https://x.example/1|Fix _it_>*', '<strong><a https://x.example/1>Fix _it_</a></strong>'],
    ['<https://x.example/?a=1&amp;b=2>', '<a https://x.example/?a=1&b=2>https://x.example/?a=1&b=2</a>'],
    ['a &lt;b&gt; &amp;amp;', 'a <b> &amp;'],
    ['`a *b* &lt;c&gt;`', '<code>a *b* <c></code>'],
    ['<@U2>, <@U9|kim>', '<span>@Bob Short</span>, <span>@kim</span>'],
    ['<!date^0^{date}|long ago> <!date^x^{date}|once>', `${formatMoment(0, '{date}')} once`],
    [':eyes: :no_such_sign:', '<span>👀</span> :no_such_sign:'],
    ['<javascript:alert(1)|x>', '<javascript:alert(1)|x>'],
  ])('%s', (text, expected) => {
    expect(shown(text)).toBe(line(expected));
  });

  test('separates lines, quotes and code blocks', () => {
    expect(shown('one\ntwo\n&gt; said\n> more\n```\n*as* it\n  is\n```')).toBe(
      '<div>one<br></br>two</div><blockquote>said<br></br>more</blockquote><pre>*as* it\n  is</pre>',
    );
  });

  test("hides a private channel's name from people outside it", () => {
    expect(shown('<#C1|secret>')).toBe(line('<span>#secret</span>'));
    expect(shown('<#C1>')).toBe(line('<span>#private-channel</span>'));
  });
});

test('times near today are shown in words', () => {
  const nowMs = Date.UTC(2026, 2, 10, 12);
  expect(formatMoment(nowMs / 1000, '{date_short_pretty}, {time}', { nowMs })).toMatch(/^Today, \d+:\d\d/);
  expect(formatMoment(nowMs / 1000 - 86_400, '{date_short_pretty}', { nowMs })).toBe('Yesterday');
  expect(formatMoment(nowMs / 1000 + 86_400, '\u200B{date_short_pretty}', { nowMs })).toBe('\u200Btomorrow');
  expect(formatMoment(nowMs / 1000, '{date_short_pretty}', { nowMs, locale: 'ja-JP' })).toBe('今日');
});

describe('completion', () => {
  test('offers commands at the start only', () => {
    expect(suggestionsFor(state, '/de').map(({ label }) => label)).toEqual(['/devin']);
    expect(suggestionsFor(state, '/devin fix')).toEqual([]);
    expect(suggestionsFor(state, 'see /de')).toEqual([]);
  });

  test('offers people after an @ and inserts the name', () => {
    const [bob] = suggestionsFor(state, 'ask @bo');
    expect(bob === undefined ? '' : complete('ask @bo', bob)).toBe('ask @bob ');
    expect(suggestionsFor(state, 'mail me@bo')).toEqual([]);
  });
});

test('every emoji that the app uses can be shown', async () => {
  const folders = ['src/slack', 'src/text'];
  const names: string[] = [];
  for (const folder of folders) {
    for (const file of await readdir(folder, { recursive: true })) {
      if (!file.endsWith('.ts')) continue;
      const source = await readFile(join(folder, file), 'utf8');
      names.push(...[...source.matchAll(/':([a-z_]{2,}):'/g)].map((found) => found[1] ?? ''));
    }
  }
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => emojiOf(name) === null)).toEqual([]);
});

test('a message opens for editing as it was typed', () => {
  const text = '<@U2> in <#C1|secret>: `a &lt; b` <https://x.example/?a=1&amp;b=2|docs>';
  expect(asTyped(state, text)).toBe('@bob in #secret: `a < b` https://x.example/?a=1&b=2');
});
