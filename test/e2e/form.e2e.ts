import { describe, expect, test } from 'vitest';
import type { Visit } from './support/stage.ts';
import { useStage } from './support/use-stage.ts';

describe('the form', () => {
  const stage = useStage();

  async function openForm(visit: Visit = {}) {
    const slackPage = await stage().visit(visit);
    await slackPage.send('/devin');
    await slackPage.modal.getByText(/Runs as/).waitFor();
    return slackPage;
  }

  async function openWholeForm(visit: Visit = {}) {
    const slackPage = await openForm(visit);
    await slackPage.addOptions(
      'Title and tags',
      'Guidance',
      'Access',
      'Files and links',
      'Result',
      'Environment',
    );
    return slackPage;
  }

  test('starts a session with every option', async () => {
    const { channel, field, message, modal, pick, submit } = await openWholeForm({ as: 'ana' });
    await field('Task').fill('Find out why the nightly import is slow');
    await pick('Repositories', 'api', 'acme/api');
    await field('Mode').selectOption('lite');
    await field('ACU cap').fill('5');
    await field('Title').fill('Nightly import');
    await pick('Playbook (optional)', 'fix', 'Fix a bug');
    await field('Tags').fill('import, nightly');
    await pick('Playbook for child sessions', 'miss', 'Write missing tests');
    await pick('Knowledge', 'check', 'How checkout talks to orders');
    await pick('Secrets (optional)', 'stag', 'STAGING_DATABASE_URL');
    await field('Secrets for this session only').fill('IMPORT_TOKEN=only-for-this-session');
    await field('Related sessions').fill('https://app.devin.ai/sessions/0123456789abcdef0123456789abcdef');
    await field('Attachments by link').fill('https://acme.example/import.csv');
    await field('Files').setInputFiles({
      name: 'slow-query.sql',
      mimeType: 'text/plain',
      buffer: Buffer.from('select 1'),
    });
    await modal.getByText('slow-query.sql').waitFor();
    await field(/JSON Schema/).fill('{"type":"object","properties":{"cause":{"type":"string"}}}');
    await field(/^Machine/).fill('windows');
    await submit();
    await modal.waitFor({ state: 'detached' });
    await message('Nightly import', channel).waitFor();

    const session = await stage().devin.waitForSession(({ title }) => title === 'Nightly import');
    expect(session.userId).toBe('user-ana');
    expect(session.request).toMatchObject({
      prompt: expect.stringContaining('Find out why the nightly import is slow'),
      repos: ['acme/api'],
      devin_mode: 'lite',
      max_acu_limit: 5,
      playbook_id: 'playbook-fix',
      child_playbook_id: 'playbook-test',
      knowledge_ids: ['note-checkout'],
      secret_ids: ['secret-staging'],
      session_links: ['https://app.devin.ai/sessions/0123456789abcdef0123456789abcdef'],
      structured_output_schema: { type: 'object' },
      platform: 'windows',
    });
    expect(session.request.tags).toEqual(expect.arrayContaining(['import', 'nightly']));
    expect(session.request.attachment_urls).toContain('https://acme.example/import.csv');
    expect(stage().devin.secretsOf(session.id)).toMatchObject([
      { key: 'IMPORT_TOKEN', value: 'only-for-this-session' },
    ]);
    expect(stage().devin.uploads.map(({ name }) => name)).toContain('slow-query.sql');
    expect([...stage().slack.problems, ...stage().devin.problems]).toEqual([]);
  });

  test('shows each error at its field, keeps the rest, and starts once they are corrected', async () => {
    const { channel, field, message, modal, submit } = await openWholeForm({ as: 'mei' });
    await field('Task').fill('Write release notes');
    await field('Secrets for this session only').fill('no equals sign here');
    await field(/JSON Schema/).fill('{"type": ');
    await submit();
    const alerts = modal.getByRole('alert');
    await alerts.nth(1).waitFor();
    expect(await alerts.count()).toBe(2);
    expect(await field('Secrets for this session only').getAttribute('aria-invalid')).toBe('true');
    expect(await field(/JSON Schema/).getAttribute('aria-invalid')).toBe('true');
    expect(await field('Task').inputValue()).toBe('Write release notes');

    await field('Secrets for this session only').fill('TOKEN=abc');
    await field(/JSON Schema/).fill('{"type": "object"}');
    await submit();
    await modal.waitFor({ state: 'detached' });
    await message('Write release notes', channel).waitFor();
  });

  test("can't be submitted without a task, as in Slack", async () => {
    const { field, page, submit } = await openForm({ as: 'ben' });
    const before = stage().slack.deliveries.length;
    await submit();
    const marked = page.locator('[aria-invalid="true"][aria-describedby*="-error"]');
    await field('Task').and(marked).waitFor();
    expect(
      stage()
        .slack.deliveries.slice(before)
        .map(({ payload }) => payload['type']),
    ).not.toContain('view_submission');
  });

  test('is closed once, however often Escape is pressed', async () => {
    const { modal, page } = await openForm({ as: 'ana' });
    const sent: string[] = [];
    page.on('request', (request) => sent.push(request.postData() ?? ''));
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await modal.waitFor({ state: 'detached' });
    expect(sent.filter((body) => body.includes('close-view'))).toHaveLength(1);
  });

  test('works with the keyboard alone: starts in the task, keeps the focus, closes with Escape', async () => {
    const { channel, field, modal, page } = await openWholeForm({ as: 'ana' });
    await field('Task').focus();
    const focusIsInside = async (): Promise<boolean> =>
      modal.evaluate((dialog) => dialog.contains(document.activeElement));
    expect(await field('Task').evaluate((task) => task === document.activeElement)).toBe(true);
    for (let at = 0; at < 30; at += 1) {
      await page.keyboard.press('Tab');
      expect(await modal.evaluate((dialog) => dialog.scrollTop)).toBe(0);
      const isOnPage = await page.evaluate(() => document.activeElement !== document.body);
      expect(isOnPage ? await focusIsInside() : true).toBe(true);
    }
    await page.keyboard.press('Escape');
    await modal.waitFor({ state: 'detached' });
    const composer = channel.getByRole('textbox', { name: /^Message/ });
    expect(await composer.evaluate((one) => one === document.activeElement)).toBe(true);
  });
});
