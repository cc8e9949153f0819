import { expect, onTestFinished, test } from 'vitest';
import {
  addOptions,
  cardOf,
  errorAt,
  noticesTo,
  sessionOf,
  sessionsAs,
  settledForm,
} from '../support/look.ts';
import { addColleague, someoneIn } from '../support/people.ts';
import { describeOnBothWorlds } from '../support/worlds.ts';

describeOnBothWorlds('the form', (world) => {
  const open = async () => {
    const { slack } = world();
    const { ana, channelId } = someoneIn(world());
    await slack.command(ana.userId, channelId, '');
    return { ana, channelId, view: await settledForm(slack, ana.userId) };
  };

  test('starts a session with the options in view', async () => {
    const { slack, devin } = world();
    const { ana, channelId, view } = await open();
    expect(slack.renderText(view.id)).toContain(ana.devinName);
    devin.catalog.repositories.push({ path: 'acme/web' });
    const offered = await slack.suggest(view.id, 'field.repos', 'web');
    expect(offered.map(({ value }) => value)).toContain('acme/web');
    await addOptions(slack, view);
    slack.typeIn(view.id, {
      'field.prompt': 'fix the flaky login test',
      'field.repos': ['acme/web'],
      'field.devin_mode': 'fast',
      'field.max_acu_limit': '10',
      'field.title': 'Login test',
      'field.tags': 'login, ci',
    });
    expect((await slack.submit(view.id, ana.userId)).kind).toBe('closed');
    const session = await sessionOf(devin, ana.devinUserId);
    expect(session.request).toMatchObject({
      prompt: 'fix the flaky login test',
      repos: ['acme/web'],
      devin_mode: 'fast',
      max_acu_limit: 10,
      title: 'Login test',
      tags: ['login', 'ci', expect.stringMatching(/^slack-/)],
      create_as_user_id: ana.devinUserId,
    });
    const card = await cardOf(slack, channelId, (text) => text.includes(session.url));
    expect(card.text).toContain('Login test');
    // The channel is public, so people outside it can read about it.
    const ben = addColleague(world());
    const elsewhere = slack.addChannel({ name: `other-${ana.name}`, members: [ben.userId] });
    const { message } = await slack.command(ben.userId, elsewhere, 'list all');
    expect(message === null ? '' : slack.renderText(message)).toContain('Login test');
    expect(slack.problems).toEqual([]);
    expect(devin.problems).toEqual([]);
  });

  test('starts a task with options as it was typed if it was said to be one', async () => {
    const { slack, devin } = world();
    const { ana, channelId } = someoneIn(world());
    await slack.command(ana.userId, channelId, '--acu ten explain what `--acu 10` does');
    const [refused] = noticesTo(slack, channelId, ana.userId);
    await slack.clickButton(ana.userId, { channelId, ts: refused?.ts ?? '' }, 'open_form');
    const view = await settledForm(slack, ana.userId);
    slack.typeIn(view.id, { 'field.max_acu_limit': '5' });
    expect((await slack.submit(view.id, ana.userId)).kind).toBe('closed');
    expect((await sessionOf(devin, ana.devinUserId)).request.prompt).toBe('explain what `--acu 10` does');
  });

  test.each([
    ['guests', { isGuest: true }, "You're a guest"],
    ['people without a Devin account', { inDevin: false }, 'No Devin account for'],
  ])("shows %s only why they can't start a session", async (_who, options, why) => {
    const { slack } = world();
    const [person, admin] = [addColleague(world(), options), addColleague(world(), { isAdmin: true })];
    const channelId = slack.addChannel({ name: `form-${person.name}`, members: [person.userId] });
    await slack.command(admin.userId, channelId, 'defaults channel --repo acme/hush --acu 7');
    await slack.command(person.userId, channelId, '');
    const view = await settledForm(slack, person.userId);
    expect(slack.renderText(view)).toContain(why);
    expect(slack.renderText(view)).not.toMatch(/hush|Task|ACU/);
    expect(view.definition.blocks.some(({ type }) => type === 'input')).toBe(false);
  });

  test("shows no inputs while the person's identity is unknown", async () => {
    const { slack, devin } = world();
    const { ana, channelId } = someoneIn(world());
    const slow = devin.fail({ method: 'GET', path: /members/ }, { hang: true, times: Infinity });
    // Others' identities can't be looked up either.
    onTestFinished(() => slow.clear());
    await slack.command(ana.userId, channelId, '');
    const view = await slack.waitForView(({ userId }) => userId === ana.userId);
    expect(slack.renderText(view)).toContain('Looking up who your sessions run as');
    expect(view.definition.blocks).toHaveLength(1);
    slow.clear();
    expect((await settledForm(slack, ana.userId)).definition.blocks.length).toBeGreaterThan(4);
  });

  test.each([
    ["doesn't confirm", [{ status: 503 }]],
    ['is busy', [{ retryAfter: 30 }]],
    ['got it too late', [{ error: 'expired_trigger_id' }]],
  ])('is offered again if Slack %s', async (_, faults) => {
    const { slack } = world();
    const { ana, channelId } = someoneIn(world());
    for (const fault of faults) slack.fail('views.open', fault);
    await slack.command(ana.userId, channelId, '');
    const { ts, text } = await slack.waitForMessage(
      channelId,
      ({ ephemeralFor }) => ephemeralFor === ana.userId,
    );
    expect(text).toContain('If "Start a Devin session" didn\'t open, open it here:');
    await slack.clickButton(ana.userId, { channelId, ts }, 'open_form');
    expect(slack.renderText((await settledForm(slack, ana.userId)).id)).toContain(ana.devinName);
  });

  test('adds groups of options, keeps what was typed, and sends everything', async () => {
    const { slack, devin } = world();
    const { ana, view } = await open();
    slack.typeIn(view.id, { 'field.prompt': 'typed before', 'field.max_acu_limit': '4' });
    await addOptions(slack, view);
    devin.catalog.playbooks.push({ id: 'playbook-1', title: 'Fix a bug' });
    devin.catalog.playbooks.push({ id: 'playbook-2', title: 'Write a test' });
    devin.catalog.secrets.push({ id: 'secret-1', key: 'NPM_TOKEN' });
    const fileId = slack.addFile({
      name: 'notes.txt',
      mimetype: 'text/plain',
      content: 'hello',
      owner: ana.userId,
    });
    await slack.suggest(view.id, 'field.playbook_id', 'playbook-1');
    await slack.suggest(view.id, 'field.child_playbook_id', 'playbook-2');
    await slack.suggest(view.id, 'field.secret_ids', 'secret-1');
    await slack.suggest(view.id, 'field.knowledge_ids', '');
    slack.typeIn(view.id, {
      'field.playbook_id': 'playbook-1',
      'field.child_playbook_id': 'playbook-2',
      'field.knowledge_ids': ['none'],
      'field.secret_ids': ['secret-1'],
      'field.session_secrets': 'TOKEN=a=b\nOTHER=x',
      'field.session_links': 'https://app.devin.ai/sessions/abc',
      'field.attachment_urls': 'https://files.example.com/a.txt',
      'field.structured_output_schema': '{"type":"object"}',
      'field.platform': 'linux',
      'field.bypass_approval': ['on'],
      files: [fileId],
    });
    expect(await slack.submit(view.id, ana.userId)).toMatchObject({ kind: 'closed' });
    const session = await sessionOf(devin, ana.devinUserId);
    expect(session.request).toMatchObject({
      prompt: 'typed before',
      max_acu_limit: 4,
      playbook_id: 'playbook-1',
      child_playbook_id: 'playbook-2',
      knowledge_ids: [],
      secret_ids: ['secret-1'],
      session_links: ['https://app.devin.ai/sessions/abc'],
      structured_output_schema: { type: 'object' },
      platform: 'linux',
      bypass_approval: true,
    });
    expect(session.request.attachment_urls).toHaveLength(2);
    expect(devin.secretsOf(session.id)).toEqual([
      { key: 'TOKEN', value: 'a=b', sensitive: true },
      { key: 'OTHER', value: 'x', sensitive: true },
    ]);
    expect(devin.uploads.map(({ name }) => name)).toContain('notes.txt');
    expect(slack.problems).toEqual([]);
  });

  test('shows each error at its field and starts nothing', async () => {
    const { slack, devin } = world();
    const { ana, view } = await open();
    await addOptions(slack, view);
    slack.typeIn(view.id, {
      'field.prompt': 'fix it now',
      'field.structured_output_schema': '{"type": ',
      'field.session_secrets': 'no equals sign',
    });
    const result = await slack.submit(view.id, ana.userId);
    if (result.kind !== 'errors') throw new Error(result.kind);
    expect(Object.keys(result.errors).toSorted()).toEqual([
      'field.session_secrets',
      'field.structured_output_schema',
    ]);
    expect(JSON.stringify(result.errors)).not.toContain('no equals sign');
    expect(sessionsAs(devin, ana.devinUserId)).toEqual([]);
  });

  test('starts one session when Slack delivers the submission twice', async () => {
    const { slack, devin } = world();
    const { ana, channelId, view } = await open();
    slack.typeIn(view.id, { 'field.prompt': 'submit twice' });
    const { delivery } = await slack.submit(view.id, ana.userId);
    if (delivery === null) throw new Error('nothing was delivered');
    await slack.redeliver(delivery);
    const session = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(session.url));
    expect(devin.sessions.filter(({ userId }) => userId === ana.devinUserId)).toHaveLength(1);
  });

  test('says so if it is sent again after Slack lost the first answer', async () => {
    const { slack, devin } = world();
    const { ana, view } = await open();
    slack.typeIn(view.id, { 'field.prompt': 'fix the first' });
    expect((await slack.submit(view.id, ana.userId)).kind).toBe('closed');
    view.isOpen = true;
    slack.typeIn(view.id, { 'field.prompt': 'fix the second' });
    expect(await errorAt(slack, view)).toContain('You already sent this form');
    expect(slack.renderText(view.id)).toContain('fix the second');
    expect(await errorAt(slack, view)).toContain('You already sent this form');
    await sessionOf(devin, ana.devinUserId);
    expect(sessionsAs(devin, ana.devinUserId).map(({ request }) => request.prompt)).toEqual([
      'fix the first',
    ]);
  });
});
