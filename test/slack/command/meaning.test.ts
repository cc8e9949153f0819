import { describe, expect, test } from 'vitest';
import {
  isCourtesy,
  mentionsIn,
  readAddressed,
  readThreadMeaning,
} from '../../../src/slack/command/meaning.ts';

const BOT = 'U0BOT';

describe('a message to the app', () => {
  const kindOf = (text: string, isDirect = false, ownTag = true) =>
    readAddressed(text, { botUserId: BOT, isDirect, ownTag, command: '/devin' })?.kind ?? null;

  test.each([
    ['fix the login test', null],
    [`<@${BOT}> fix it`, 'create'],
    [`<@${BOT}|devin>: fix it --acu 5`, 'create'],
    [`<@${BOT}> `, 'help'],
    [`<@${BOT}> hello`, 'help'],
    [`<@${BOT}> what can you do?`, 'help'],
    [`<@${BOT}> help me, please`, 'help'],
    [`<@${BOT}> :wave:`, 'help'],
    [`<@${BOT}> /devin`, 'help'],
    [`<@${BOT}> /devin help`, 'help'],
    [`<@${BOT}> /devin list`, 'ask-first'],
    [`<@${BOT}>'s queue is long again today`, 'ask-first'],
    [`<@${BOT}> why does this fail?\n\`\`\`\nnpm test\n\`\`\``, 'create'],
    [`<@${BOT}> help me!`, 'help'],
    [`<@${BOT}> お疲れさまでした`, 'thanks'],
    [`<@${BOT}> fix`, 'ask-first'],
    [`<@${BOT}> is down again`, 'ask-first'],
    [`<@${BOT}> doesn't work for me`, 'ask-first'],
    [`<@${BOT}> and <@U0ANA03> look into it`, 'ask-first'],
    [`<@${BOT}> is the login test flaky?`, 'create'],
    [`<@${BOT}> does the API support paging`, 'create'],
    [`<@${BOT}>もう一度ログインのテストを直して`, 'create'],
    [`<@${BOT}>は便利だから使ってみて`, 'ask-first'],
    [`<@${BOT}> mute`, 'ask-first'],
    [`<@${BOT}> stop devin-0123456789abcdef0123456789abcdef`, 'ask-first'],
    [`<@${BOT}> fix it --no-such-option`, 'invalid'],
    [`<@${BOT}> thanks!`, 'thanks'],
    [`<@${BOT}> :+1:`, 'thanks'],
    [`<@${BOT}> thank you for the great work :pray:`, 'thanks'],
    [`<@${BOT}> (aside) not for you`, 'nothing'],
    [`ask <@${BOT}> to fix the login test`, 'ask-first'],
    [`fix the login test <@${BOT}>`, 'ask-first'],
    [`thank you <@${BOT}>`, 'thanks'],
    [`<@${BOT}> no thanks`, 'thanks'],
    [`<@${BOT}> nice work, everyone!`, 'thanks'],
    [`<@${BOT}> never mind`, 'ask-first'],
    [`<@${BOT}> what's running?`, 'ask-first'],
    [`<@U0ANA03> fix the login test`, null],
  ])('in a channel reads %j as %j', (text, kind) => {
    expect(kindOf(text)).toBe(kind);
  });

  test.each([
    ['fix the login test', 'create'],
    ['fix this', 'ask-first'],
    ['fix', 'ask-first'],
    [`<@${BOT}> fix this`, 'create'],
    ['ログインのテストを直して', 'create'],
    ['thanks a lot', 'thanks'],
    ['ありがとうございました！', 'thanks'],
    ['了解です。助かりました！', 'thanks'],
    ['お疲れ様です', 'thanks'],
    ['sounds good to me', 'thanks'],
    ['OK, will do!', 'thanks'],
    [`<@${BOT}> no problem`, 'thanks'],
    ['かしこまりました', 'thanks'],
    ['はい、お願いします。', 'ask-first'],
    ['よろしくお願いいたします', 'help'],
    ['大丈夫です！', 'ask-first'],
    ['少々お待ちください', 'ask-first'],
    ['キャンセルしてください', 'ask-first'],
    ['What can you do?', 'help'],
    ['Hi, how does this work?', 'help'],
    ['よろしくお願いします。', 'help'],
    ['使い方を教えてください', 'help'],
    ['こんにちは。何ができますか？', 'help'],
    ['what can you do about the login test?', 'create'],
    ['こんにちは、ログインのテストを直して', 'create'],
    ['thank the team in the release notes', 'create'],
    ['thanks, that worked', 'thanks'],
    ['that fixed it, thanks!', 'ask-first'],
    ["thanks, I'll take a look", 'thanks'],
    ['never mind, I fixed it', 'ask-first'],
    ["I'll do it myself", 'ask-first'],
    ['did you get my message?', 'ask-first'],
    ['see you tomorrow', 'ask-first'],
    ['ありがとうございます！確認してみます', 'ask-first'],
    ['さっきのは忘れてください', 'ask-first'],
    ['お疲れ様でした、また明日', 'thanks'],
    ['take a look at the login test', 'create'],
    ['明日の日付を表示して', 'create'],
    ['hi', 'help'],
    ['hi there!', 'help'],
    ['👋', 'help'],
    ['👋🏽', 'help'],
    [':wave::skin-tone-3:', 'help'],
    [':fire:', 'thanks'],
    ['list', 'ask-first'],
  ])('in a direct message reads %j as %j', (text, kind) => {
    expect(kindOf(text, true)).toBe(kind);
  });

  test.each([
    ['Thanks!', true],
    [`<@${BOT}> thank you so much :tada:`, true],
    [`ok, great <@${BOT}>`, true],
    [':+1:', true],
    ['ありがとうございます！助かりました', true],
    ['承知しました。', true],
    ['Thanks Devin, LGTM!', true],
    ['thanks, that worked', true],
    ['ok, done', false],
    ['ok, merged', false],
    ['thanks, fixed', false],
    ['ok, this one', false],
    ['完璧！', true],
    ['ok, fix it', false],
    ['great, now the docs', false],
    ['いいですね、ありがとうございます', true],
    ['LGTM, merge it', false],
    ['is this all good?', false],
    ['ok?', false],
    ['ok, merge it', false],
    ['thanks, now fix the other test', false],
    ['了解です。続けてください', false],
  ])('%j asks for nothing: %s', (text, is) => {
    expect(isCourtesy(text, BOT)).toBe(is);
  });

  test.each([
    [true, 49, 'create'],
    [true, 50, 'invalid'],
    [false, 50, 'create'],
    [false, 51, 'invalid'],
  ])('a message can have 50 tags, one less if the app adds its own (%s): %i', (ownTag, count, kind) => {
    const tags = Array.from({ length: count }, (_, at) => `t${at}`).join(',');
    for (const isDirect of [true, false])
      expect(kindOf(`<@${BOT}> fix it now --tag ${tags}`, isDirect, ownTag)).toBe(kind);
  });

  test.each([
    [`could <@${BOT}> fix the login test?`, 'could fix the login test?'],
    [`hey <@${BOT}|devin>, fix the login test`, 'hey, fix the login test'],
    [`fix the login test <@${BOT}>`, 'fix the login test'],
    [`<@${BOT}> /devin fix the login test`, 'fix the login test'],
    [`<@${BOT}>さん、ログインを直して`, 'ログインを直して'],
    [`<@${BOT}>、ログインを直して`, 'ログインを直して'],
    [`<@${BOT}> /devinci fix the login test`, '/devinci fix the login test'],
  ])('takes %j for the task %j', (text, prompt) => {
    const read = readAddressed(text, { botUserId: BOT, isDirect: false, ownTag: true, command: '/devin' });
    expect(read).toMatchObject({ draft: { prompt } });
  });
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
    expect(read(text)).toEqual({ kind: 'reply', text, perhaps: null, word: null });
  });

  test.each([
    ['stop it', 'stop'],
    ['Stop, please!', 'stop'],
    ['please stop now', 'stop'],
    ['hey Devin, stop', 'stop'],
    ['cancel that', 'stop'],
    ['hey <@U0BOT>, stop', 'stop'],
    ['stop stop stop', 'stop'],
    ['ok, stop', 'stop'],
    ['no, stop!', 'stop'],
    ['just stop here', 'stop'],
    ['you can stop now', 'stop'],
    ['stop working on this', 'stop'],
    ['halt', 'stop'],
    ['終わりにして', 'stop'],
    ['can you cancel this session', 'stop'],
    ['止めてください', 'stop'],
    ['please archive this', 'archive'],
    ['Archive the thread.', 'archive'],
    ['このスレッドをアーカイブしてください', 'archive'],
  ])('"%s" may be for Devin', (text, perhaps) => {
    expect(read(text)).toEqual({ kind: 'reply', text, perhaps, word: null });
  });

  test.each([
    ['please mute', 'mute'],
    ['Mute this thread, please!', 'mute'],
    ['<@U0BOT> can you unmute this', 'unmute'],
    ['unsync please', 'unsync'],
    ['Go to sleep.', 'sleep'],
    ['hey Devin, please go to sleep now', 'sleep'],
    ['ok, mute for now', 'mute'],
    ['put the session to sleep', 'sleep'],
    ['このスレッドをミュートしてください', 'mute'],
    ['ミュートを解除して', 'unmute'],
    ['ミュートにしてください', 'mute'],
    ['スリープして', 'sleep'],
  ])('"%s" says a keyword', (text, word) => {
    expect(read(text)).toMatchObject({ kind: 'reply', perhaps: null, word });
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
      expect(read(text)).toEqual({ kind: 'reply', text, perhaps: null, word: null });
    },
  );

  test('!new has the task of another session', () => {
    expect(read('!new port it --acu 3')).toEqual({ kind: 'new', text: 'port it --acu 3' });
    expect(read('!New: port it')).toEqual({ kind: 'new', text: 'port it' });
    expect(read('！new 移植して')).toEqual({ kind: 'new', text: '移植して' });
    expect(read('!new')).toEqual({ kind: 'new', text: '' });
    expect(read('!newer things')).toEqual({
      kind: 'reply',
      text: '!newer things',
      perhaps: null,
      word: null,
    });
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
