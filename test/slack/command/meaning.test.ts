import { describe, expect, test } from 'vitest';
import { isCourtesy, mentionsIn, readThreadMeaning } from '../../../src/slack/command/meaning.ts';

const BOT = 'U0BOT';

test.each([
  ['<@U0BOT> thank you so much :tada:', true],
  [':+1:', true],
  ['承知しました。', true],
  ['👎', false],
  ['ok, merge it', false],
  ['is this all good?', false],
  ['ok?', false],
])('%j asks for nothing: %s', (text, is) => {
  expect(isCourtesy(text, BOT)).toBe(is);
});

describe("a message in a session's thread", () => {
  const read = (text: string) => readThreadMeaning(text, BOT);

  test.each([
    ['mute', 'mute'],
    [' <@U0BOT> mute ', 'mute'],
    ['<@U0BOT|devin>, unmute', 'unmute'],
    ['unsync', 'unsync'],
    ['!unsync', 'unsync'],
    ['sync', 'sync'],
    ['!sync', 'sync'],
    ['archive', 'archive'],
    ['EXIT', 'stop'],
    ['exit', 'stop'],
    ['Mute', 'mute'],
    ['mute.', 'mute'],
    ['mute <@U0BOT>', 'mute'],
    ['Sleep!', 'sleep'],
    ['stop', 'ask-stop'],
    ['<@U0BOT> Stop.', 'ask-stop'],
    ['help', 'help'],
    ['!mute', 'mute'],
    ['!Stop', 'ask-stop'],
    ['STOP!!!', 'ask-stop'],
    ['mute...', 'mute'],
    ['！sleep', 'sleep'],
    ['mute。', 'mute'],
    ['!help', 'help'],
    ['help?', 'help'],
    ['ミュート', 'mute'],
    ['<@U0BOT> ミュート解除', 'unmute'],
    ['切断', 'unsync'],
    ['再接続', 'sync'],
    ['スリープ。', 'sleep'],
    ['アーカイブ！', 'archive'],
    ['終了', 'ask-stop'],
    ['ストップ', 'ask-stop'],
    ['！ヘルプ', 'help'],
  ])('"%s" is a keyword', (text, kind) => {
    expect(read(text)).toEqual({ kind });
  });

  test.each([
    'mute the tests',
    'please mute the tests',
    'sync please',
    'let it sleep for 5 s',
    'go to sleep after the tests',
    '音声をミュートしてください',
    'help me',
    '<@U0BEN> mute',
    'mute <@U0BEN>',
    'stop the server',
    'stop working on the login page',
    'no, stop the server first',
    'no sleep',
    'no mute, please',
    'wait until it stops',
    'close the last one',
    'ワーカーのスレッドを停止して',
    'archive the logs',
    'constructor',
  ])('"%s" is for Devin', (text) => {
    expect(read(text)).toEqual({ kind: 'reply', text });
  });

  test.each([
    '(aside) hm',
    '!aside hm',
    'hm !aside',
    'hm !aside.',
    '<@U0BOT> (aside) hm',
    '( Aside ) hm',
    '[aside] hm',
    'Aside: hm',
    '*(aside)* hm',
    '（aside）内緒',
    '内緒です ！aside。',
  ])('"%s" is not for Devin', (text) => {
    expect(read(text)).toEqual({ kind: 'aside' });
  });

  test.each(['say `!aside`', '```\n!aside\n```', 'not!aside', '!asides', 'asides: two'])(
    '"%s" is not an aside',
    (text) => {
      expect(read(text)).toEqual({ kind: 'reply', text });
    },
  );

  test('!new has the task of another session', () => {
    expect(read('!new port it --acu 3')).toEqual({ kind: 'new', text: 'port it --acu 3' });
    expect(read('!New: port it')).toEqual({ kind: 'new', text: 'port it' });
    expect(read('！new 移植して')).toEqual({ kind: 'new', text: '移植して' });
    expect(read('!new')).toEqual({ kind: 'new', text: '' });
    expect(read('!newer things')).toEqual({ kind: 'reply', text: '!newer things' });
  });

  test.each([
    ['<@U0BEN> thanks', { app: false, others: true }],
    ['thanks <@U0BEN|ben> and <@U0BOT>', { app: true, others: true }],
    ['ask <!subteam^S0OPS>', { app: false, others: true }],
    ['run `notify <@U0BEN>`', { app: false, others: false }],
    ['go on', { app: false, others: false }],
  ])('"%s" has its mentions', (text, mentions) => {
    expect(mentionsIn(text, BOT)).toEqual(mentions);
  });

  test('a leading mention of the app is removed', () => {
    expect(read('<@U0BOT> go on, <@U0BEN>')).toMatchObject({ kind: 'reply', text: 'go on, <@U0BEN>' });
  });
});
