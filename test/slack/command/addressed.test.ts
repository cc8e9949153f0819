import { expect, test } from 'vitest';
import { isCourtesy, readAddressed } from '../../../src/slack/command/meaning.ts';

const BOT = 'U0DEVINBOT';
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
  ['sounds good to me', 'ask-first'],
  ['OK, will do!', 'ask-first'],
  [`<@${BOT}> no problem`, 'ask-first'],
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
  [`<@${BOT}> /devinci fix the login test`, '/devinci fix the login test'],
])('takes %j for the task %j', (text, prompt) => {
  const read = readAddressed(text, { botUserId: BOT, isDirect: false, ownTag: true, command: '/devin' });
  expect(read).toMatchObject({ draft: { prompt } });
});
