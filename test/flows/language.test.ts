import { describe, expect, test } from 'vitest';
import { toldTo } from '../support/asking.ts';
import type { World } from '../support/bot.ts';
import { cardOf, homeOf, sessionOf } from '../support/look.ts';
import { someoneIn } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

/** A person in a channel. Their language is known, since their Home was drawn. */
async function someone(world: World, options: { locale: string; inDevin?: boolean }) {
  const { ana: person, channelId } = someoneIn(world, { person: options });
  const home = async (words: string) => homeOf(world.slack, person.userId, words);
  await world.slack.openHome(person.userId);
  await home(options.locale.startsWith('ja') ? '更新' : 'Refresh');
  return { ...person, channelId, home };
}

describe('a person whose Slack is in Japanese', () => {
  const world = useWorld();

  test('gets help, the form and Home in Japanese, while the card is in the shared language', async () => {
    const { slack, devin } = world();
    const aya = await someone(world(), { locale: 'ja-JP' });
    const { message } = await slack.command(aya.userId, aya.channelId, 'help');
    expect(message?.text).toContain('Devin セッションを開始');
    expect(message?.text).toContain('--acu');

    await slack.command(aya.userId, aya.channelId, '');
    const form = await slack.waitForView(
      ({ id, userId }) => userId === aya.userId && slack.renderText(id).includes('として実行'),
    );
    expect(form.definition).toMatchObject({ submit: { text: '開始' }, close: { text: 'キャンセル' } });
    slack.typeIn(form.id, { 'field.prompt': 'ログインのテストを直して' });
    expect((await slack.submit(form.id, aya.userId)).kind).toBe('closed');

    const session = await sessionOf(devin, aya.devinUserId);
    const card = await cardOf(slack, aya.channelId, (text) => text.includes(session.url));
    expect(card.text).toMatch(/Queued|Starting|Working/);
    expect(slack.problems).toEqual([]);
  });

  test('is refused in Japanese, by the command and later', async () => {
    const { slack } = world();
    const aya = await someone(world(), { locale: 'ja-JP', inDevin: false });
    const { message } = await slack.command(aya.userId, aya.channelId, 'fix it now --acu many');
    expect(message?.text).toContain('セッションは開始していません。');
    expect(message?.text).toContain('1 から 1,000,000 までの整数');
    await slack.command(aya.userId, aya.channelId, 'fix the login test');
    const { text } = await toldTo(world(), aya, '招待');
    expect(text).toContain('入力した内容:');
    expect(text).toContain('fix the login test');
    expect(slack.problems).toEqual([]);
  });
});

describe('a person who chooses a language', () => {
  const world = useWorld();

  test("in Home gets it there, in help and in refusals, until they choose Slack's again", async () => {
    const { slack } = world();
    const { userId, channelId, home } = await someone(world(), { locale: 'en-US' });
    const { viewId } = await home('*Language*  [As in Slack ▾]');
    await slack.choose({ userId, target: { viewId }, which: 'run_command.2', entry: '日本語' });
    const japanese = await home('*表示言語*  [日本語 ▾]');
    expect(japanese.text).toContain('まだセッションがありません');

    const { message: help } = await slack.command(userId, channelId, 'help');
    expect(help?.text).toContain('Devin セッションを開始');
    const { message: refused } = await slack.command(userId, channelId, 'fix it now --acu many');
    expect(refused?.text).toContain('セッションは開始していません。');
    const { message: notified } = await slack.command(userId, channelId, 'settings me notify dm');
    expect(notified?.text).toContain('*通知*: DM');

    const target = { viewId: japanese.viewId };
    await slack.choose({ userId, target, which: 'run_command.2', entry: 'Slack と同じ' });
    await home('*Language*  [As in Slack ▾]');
    const { message: english } = await slack.command(userId, channelId, 'help');
    expect(english?.text).toContain('Start a Devin session');
    expect(slack.problems).toEqual([]);
  });

  test('by the command is answered in it at once, and Home uses it', async () => {
    const { slack } = world();
    const { userId, channelId, home } = await someone(world(), { locale: 'en-US' });
    const asked = await slack.command(userId, channelId, 'whoami');
    expect(asked.message?.text).toContain('*Language*: As in Slack');
    expect(JSON.stringify(asked.message?.blocks)).toMatch(/settings me language en.*settings me language ja/);

    const { message: japanese } = await slack.command(userId, channelId, 'settings me language ja');
    expect(japanese?.text).toContain('*表示言語*: 日本語');
    await home('*表示言語*  [日本語 ▾]');
    const { message: english } = await slack.command(userId, channelId, 'settings me language en');
    expect(english?.text).toContain('*Language*: English');
    await home('*Language*  [English ▾]');
    const { message: again } = await slack.command(userId, channelId, 'settings me language slack');
    expect(again?.text).toContain('*Language*: As in Slack');
    await home('*Language*  [As in Slack ▾]');
  });

  test("gets it even if they can't start a session", async () => {
    const { slack } = world();
    const { userId, channelId } = await someone(world(), { locale: 'en-US', inDevin: false });
    const { message } = await slack.command(userId, channelId, 'settings me language ja');
    expect(message?.text).toContain('*表示言語*: 日本語');
    expect(message?.text).not.toContain('デフォルト');
    await slack.command(userId, channelId, 'fix the login test');
    await toldTo(world(), { userId, channelId }, '招待');
  });
});
