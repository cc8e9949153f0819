import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { requestIdOf } from '../../src/session/request.ts';
import { captureLog } from '../support/log-lines.ts';
import { cardOf, sessionOf, settledForm, addOptions } from '../support/look.ts';
import { someoneIn } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

const NAME = 'PAYMENTS_PASSPHRASE';
const SECRET = 'hunter2-hunter2-hunter2';

describe('session secrets', () => {
  const { log, text: logged } = captureLog();
  const world = useWorld({
    database: 'embedded',
    environment: { WATCH_SECONDS: '1' },
    overrides: { log },
  });

  /** Everything the embedded database has on disk: tables, jobs, and its log of changes. */
  function onDisk(): string {
    const folder = world().environment['DATA_DIR'] ?? '';
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    return files.map((file) => readFileSync(join(file.parentPath, file.name), 'latin1')).join('\n');
  }

  async function askWithSecret(prompt: string) {
    const { slack } = world();
    const { ana, channelId } = someoneIn(world());
    await slack.command(ana.userId, channelId, '');
    const view = await settledForm(slack, ana.userId);
    await addOptions(slack, view);
    slack.typeIn(view.id, { 'field.prompt': prompt, 'field.session_secrets': `${NAME}=${SECRET}` });
    await slack.submit(view.id, ana.userId);
    return { ana, channelId };
  }

  async function askWithout() {
    const { slack } = world();
    const { ana, channelId } = someoneIn(world());
    await slack.command(ana.userId, channelId, 'fix the build');
    return { ana, channelId };
  }

  test('reach Devin, and are never in plain text on disk or in the log', async () => {
    const { slack, devin } = world();
    const { ana, channelId } = await askWithSecret('use the secret');
    const session = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(session.url));
    expect(devin.secretsOf(session.id)).toEqual([{ key: NAME, value: SECRET, sensitive: true }]);
    // The task is on disk, so this is the right place to search.
    expect(onDisk()).toContain('use the secret');
    expect(onDisk()).not.toContain(SECRET);
    expect(logged()).not.toContain(SECRET);
    expect(logged()).not.toContain('use the secret');
    expect(JSON.stringify(slack.messages(channelId))).not.toContain(SECRET);
  });

  test('are named in Details once they are sent, with the id of the request, and never in the log', async () => {
    const { slack, devin } = world();
    const { ana, channelId } = await askWithSecret('name the secret');
    const session = await sessionOf(devin, ana.devinUserId);
    const card = await cardOf(slack, channelId, (text) => text.includes(session.url));
    await slack.clickButton(ana.userId, { channelId, ts: card.ts }, 'details');
    const view = await slack.waitForView(
      ({ userId, definition }) => userId === ana.userId && definition.callback_id === 'session_details',
    );
    const shown = slack.renderText(view.id);
    expect(shown).toContain('*Secrets for this session only*');
    // It gets the task as it was typed.
    expect(shown).toContain('name the secret');
    expect(shown).not.toContain('What Devin gets');
    expect(shown).toContain(NAME);
    expect(shown).not.toContain(SECRET);
    expect(shown).toContain(`request: ${requestIdOf(session.request.tags ?? [])}`);
    expect(logged()).not.toContain(NAME);
    expect(slack.problems).toEqual([]);
  });

  test('are deleted when the request fails: it can be edited, but not retried as it was', async () => {
    const { slack, devin } = world();
    devin.fail({ method: 'POST', path: '/sessions' }, { status: 409, times: 1 });
    const { channelId } = await askWithSecret('fail with the secret');
    const card = await cardOf(slack, channelId, (text) => text.includes('Not started'));
    expect(slack.renderText(card)).toContain('Edit and retry');
    expect(slack.renderText(card)).not.toContain('[Retry]');
    expect(onDisk()).not.toContain(SECRET);
    expect(logged()).not.toContain(SECRET);
  });

  const SAYS_LOST = `Enter them again. They were: ${NAME}.`;

  test('are asked for again by name in the form', async () => {
    const { slack, devin } = world();
    devin.fail({ method: 'POST', path: '/sessions' }, { status: 409, times: 1 });
    const { ana, channelId } = await askWithSecret('edit the secret');
    const card = await cardOf(slack, channelId, (text) => text.includes('Not started'));
    await slack.clickButton(ana.userId, { channelId, ts: card.ts }, 'edit_and_try_again');
    const view = await settledForm(slack, ana.userId);
    expect(slack.renderText(view.id)).toContain(SAYS_LOST);
    // Its group is open.
    slack.typeIn(view.id, { 'field.session_secrets': `${NAME}=${SECRET}` });
    expect(slack.problems).toEqual([]);
  });

  test.each([
    ['are asked for again in the form that starts a session again', true],
    ['are not asked for again if there were none', false],
  ])('%s', async (_what, hadSecret) => {
    const { slack, devin } = world();
    const { ana, channelId } = hadSecret ? await askWithSecret('again') : await askWithout();
    const session = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(session.url));
    devin.advance(session.id, { status: 'exit' });
    const card = await cardOf(slack, channelId, (text) => text.includes('Ended'));
    await slack.clickButton(ana.userId, { channelId, ts: card.ts }, 'start_again');
    const shown = slack.renderText((await settledForm(slack, ana.userId)).id);
    expect(shown.includes(SAYS_LOST)).toBe(hadSecret);
    expect(shown.includes("weren't kept")).toBe(hadSecret);
  });
});
