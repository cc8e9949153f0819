import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { usePostgres } from '../support/databases.ts';
import { sessionOf, settledForm, showAllOptions } from '../support/look.ts';
import { someoneIn } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

describe('secrets entered one by one', () => {
  const { createDatabase, url } = usePostgres();
  const world = useWorld(async () => {
    await createDatabase('secrets');
    return { environment: { DATABASE_URL: url('secrets') } };
  });

  /** Forms that keep secrets of this name. */
  const keeping = async (name: string): Promise<number> => {
    const client = new Client({ connectionString: url('secrets') });
    await client.connect();
    const { rows } = await client.query('select from forms where secret_names::text like $1', [`%${name}%`]);
    await client.end();
    return rows.length;
  };

  const open = async () => {
    const { slack, devin } = world();
    const { ana, channelId } = someoneIn(world());
    await slack.command(ana.userId, channelId, '');
    const form = await settledForm(slack, ana.userId);
    await showAllOptions(slack, form);
    slack.typeIn(form.id, { 'field.prompt': 'use the secrets' });
    const push = async () => {
      const before = new Set(slack.views().map(({ id }) => id));
      await slack.clickButton(ana.userId, { viewId: form.id }, 'add_secrets');
      return slack.waitForView(({ id, userId }) => userId === ana.userId && !before.has(id));
    };
    return { slack, devin, ana, form, push };
  };

  test("go to Devin unchanged: with line breaks, up to Slack's limit, sensitive or not", async () => {
    const { slack, devin, ana, form, push } = await open();
    const long = 'v'.repeat(3000);
    const first = await push();
    slack.typeIn(first.id, {
      'secret.1.name': 'PEM',
      'secret.1.value': 'line 1\nline 2\n',
      'secret.2.name': 'LONG',
      'secret.2.value': long,
      'secret.2.sensitive': [],
      'secret.3.name': 'OLD',
      'secret.3.value': 'x',
    });
    expect((await slack.submit(first.id, ana.userId)).kind).toBe('closed');
    await slack.waitForView(
      ({ id }) => id === form.id && slack.renderText(id).includes('Entered one by one: PEM, LONG, OLD'),
    );
    const second = await push();
    expect(slack.renderText(second.id)).not.toContain('line 1');
    slack.typeIn(second.id, { secrets_kept: ['0', '1'] });
    await slack.submit(second.id, ana.userId);
    await slack.waitForView(
      ({ id }) => id === form.id && slack.renderText(id).includes('Entered one by one: PEM, LONG\n'),
    );
    slack.typeIn(form.id, { 'field.session_secrets': 'TYPED=1' });
    expect(await keeping('PEM')).toBe(1);
    expect((await slack.submit(form.id, ana.userId)).kind).toBe('closed');
    // They are with the request now.
    await expect.poll(async () => keeping('PEM')).toBe(0);
    const session = await sessionOf(devin, ana.devinUserId);
    expect(session.request.prompt).toBe('use the secrets');
    expect(devin.secretsOf(session.id)).toEqual([
      { key: 'PEM', value: 'line 1\nline 2\n', sensitive: true },
      { key: 'LONG', value: long, sensitive: false },
      { key: 'TYPED', value: '1', sensitive: true },
    ]);
    expect(slack.problems).toEqual([]);
  });

  test("say so in the form if Slack doesn't open their view", async () => {
    const { slack, form, push } = await open();
    slack.fail('views.push', { error: 'invalid_arguments' });
    await slack.clickButton(form.userId, { viewId: form.id }, 'add_secrets');
    const sentence = 'If "Secrets for this session" didn\'t open, choose its button again.';
    await slack.waitForView(({ id }) => id === form.id && slack.renderText(id).includes(sentence));
    expect(slack.renderText(form.id)).toContain('use the secrets');
    await push();
  });

  test('are refused at their field without showing their values', async () => {
    const { slack, ana, push } = await open();
    const view = await push();
    slack.typeIn(view.id, {
      'secret.1.value': 'hunter2',
      'secret.2.name': 'A B',
      'secret.2.value': 'hunter2',
      'secret.3.name': 'TWICE',
      'secret.3.value': 'hunter2',
      'secret.4.name': 'TWICE',
      'secret.4.value': 'hunter2',
      'secret.5.name': 'EMPTY',
    });
    const result = await slack.submit(view.id, ana.userId);
    if (result.kind !== 'errors') throw new Error(result.kind);
    expect(Object.keys(result.errors).toSorted()).toEqual([
      'secret.1.name',
      'secret.2.name',
      'secret.4.name',
      'secret.5.value',
    ]);
    expect(JSON.stringify(result.errors)).not.toContain('hunter2');
  });
});
