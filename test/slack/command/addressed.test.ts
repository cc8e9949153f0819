import { expect, test } from 'vitest';
import { readAddressed } from '../../../src/slack/command/message.ts';

const BOT = 'U0BOT';
const reading = { botUserId: BOT, command: '/devin' };
const read = (text: string, isDirect: boolean) => readAddressed(text, { ...reading, isDirect });

test.each<[text: string, mentioned: string | null, direct: string | null]>([
  ['fix the login test', null, 'create'],
  [`<@${BOT}> fix the login test`, 'create', 'create'],
  [`<@${BOT}|devin>: fix the test --acu 5`, 'create', 'create'],
  [`<@${BOT}> nice work today everyone`, 'create', 'create'],
  [`<@${BOT}>さん、ログインを直して`, 'create', 'create'],
  [`could <@${BOT}> fix the login test?`, 'ask-first', 'create'],
  [`<@${BOT}> fix it`, 'ask-first', 'ask-first'],
  [`<@${BOT}> fix the test --acu ten`, 'invalid', 'invalid'],
  [`<@${BOT}> `, 'help', 'help'],
  [`<@${BOT}> list`, 'list', 'list'],
  [`<@${BOT}> /devin list all`, 'list', 'list'],
  [`<@${BOT}> defaults me fix the test`, 'misused', 'misused'],
  [`<@${BOT}> stop devin-0123456789abcdef0123456789abcdef`, 'stop', 'stop'],
  [`<@${BOT}> thanks`, null, null],
  ['ありがとうございます！', null, null],
  [`<@${BOT}> :tada:`, null, null],
  [`<@${BOT}> (aside) is it up?`, null, null],
])('%j asks for %s with a mention, and for %s in a direct message', (text, mentioned, direct) => {
  expect(read(text, false)?.intent.kind ?? null).toBe(mentioned);
  expect(read(text, true)?.intent.kind ?? null).toBe(direct);
});

test.each([
  [`could <@${BOT}> fix the login test?`, 'could fix the login test?'],
  [`hey <@${BOT}|devin>, fix the login test`, 'hey, fix the login test'],
  [`<@${BOT}> /devin fix the login test`, 'fix the login test'],
  [`<@${BOT}> /devinci fix the login test`, '/devinci fix the login test'],
])('takes %j for the task %j', (text, prompt) => {
  expect(read(text, false)?.intent).toMatchObject({ draft: { prompt } });
});
