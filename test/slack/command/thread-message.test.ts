import { describe, expect, test } from 'vitest';
import { beginsWithName, mentionsApp, readThreadMessage } from '../../../src/slack/command/message.ts';

const BOT = 'U0BOT';

describe("a message in a session's thread", () => {
  const read = (text: string) => readThreadMessage(text, BOT);

  test.each([
    ['mute', 'mute'],
    [' <@U0BOT> mute ', 'mute'],
    ['<@U0BOT|devin>, unmute', 'unmute'],
    ['archive', 'archive'],
    ['EXIT', 'exit'],
    ['mute <@U0BOT>', 'mute'],
    ['Sleep!', 'sleep'],
    ['<@U0BOT> Stop.', 'stop'],
    ['!mute', 'mute'],
    ['！sleep', 'sleep'],
    ['mute。', 'mute'],
    ['help?', 'help'],
  ])('%j is a word for the app', (text, word) => {
    expect(read(text)).toEqual({ kind: 'word', word });
  });

  test.each([
    'mute the tests',
    'please mute',
    'stop it',
    'sync',
    'unsync',
    'thanks',
    'ミュート',
    '<@U0BEN> mute',
    'mute <@U0BEN>',
    'archive the logs',
    'constructor',
    'say `!aside`',
    '```\n!aside\n```',
    'not!aside',
    'asides: two',
    '!newer things',
  ])('%j is words', (text) => {
    expect(read(text)).toEqual({ kind: 'reply', text });
  });

  test.each([
    '(aside) hm',
    '!aside hm',
    'hm !aside.',
    '<@U0BOT> (aside) hm',
    '( Aside ) hm',
    'Aside: hm',
    '*(aside)* hm',
    '（aside）内緒',
  ])('%j is not for Devin', (text) => {
    expect(read(text)).toEqual({ kind: 'aside' });
  });

  test('!new has the task of another session', () => {
    expect(read('!new port it --acu 3')).toEqual({ kind: 'new', text: 'port it --acu 3' });
    expect(read('！new 移植して')).toEqual({ kind: 'new', text: '移植して' });
    expect(read('!new')).toEqual({ kind: 'new', text: '' });
  });

  test.each([
    ['<@U0BEN> thanks', true],
    ['<@U0BEN|ben>, can you look?', true],
    ['*<@U0BEN>* look', true],
    ['<!subteam^S0OPS> look', true],
    ['<!here> it is out', true],
    ['<@U0BOT> <@U0BEN> agrees', false],
    ['use main, <@U0BEN> agrees', false],
    ['main. cc <!subteam^S0OPS>', false],
    ['&gt; <@U0BEN> said so\nuse main', false],
    ['`<@U0BEN>` is in the file', false],
  ])('%j begins with a name: %s', (text, is) => {
    expect(beginsWithName(text, BOT)).toBe(is);
  });

  test('mentions the app outside of code', () => {
    expect(mentionsApp('thanks <@U0BEN> and <@U0BOT>', BOT)).toBe(true);
    expect(mentionsApp('run `notify <@U0BOT>`', BOT)).toBe(false);
  });
});
