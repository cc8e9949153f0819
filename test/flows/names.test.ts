import { describe, expect, test } from 'vitest';
import { pressToOpen, startSession, toldTo } from '../support/asking.ts';
import { someoneIn } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

describe('playbooks, knowledge and secrets', () => {
  const world = useWorld({
    devin: {
      catalog: {
        playbooks: [{ id: 'playbook-bug', title: 'Fix a *bug*' }],
        notes: [{ id: 'note-deploy', name: 'Deploys' }],
        secrets: [{ id: 'secret-npm', key: 'NPM_TOKEN' }],
      },
    },
  });

  /** Names are read while Devin creates the session. */
  const startNamed = async () => {
    const { devin } = world();
    const lists = ['playbooks', 'notes', 'secrets'].map(async (list) =>
      devin.waitForRequest(({ path, status }) => path.endsWith(`/${list}`) && status === 200),
    );
    const until = Promise.all(lists).then(() => undefined);
    devin.fail({ method: 'POST', path: /\/sessions$/ }, { until, times: 1 });
    const text = 'fix the login --playbook playbook-bug --knowledge note-deploy --secret secret-npm';
    return startSession(world(), { text });
  };

  test('are shown by name in Details, without a wait for them', async () => {
    const { slack } = world();
    const { ana, on } = await startNamed();
    const details = await pressToOpen(world(), ana.userId, { on, button: 'details' });
    const shown = slack.renderText(details.id);
    for (const [name, id] of [
      ['Fix a *bug*', 'playbook-bug'],
      ['Deploys', 'note-deploy'],
      ['NPM_TOKEN', 'secret-npm'],
    ])
      expect(shown).toContain(`${name} (\`${id}\`)`);
    expect(slack.problems).toEqual([]);
  });

  test.each([
    ['--playbook "fix a *BUG*"', { playbook_id: 'playbook-bug' }],
    ['--knowledge Deploys,note-deploy', { knowledge_ids: ['note-deploy', 'note-deploy'] }],
    ['--secret NPM_TOKEN', { secret_ids: ['secret-npm'] }],
  ])('are sent by id if they are typed by name: %s', async (typed, request) => {
    const { session } = await startSession(world(), { text: `fix the login ${typed}` });
    expect(session.request).toMatchObject(request);
  });

  test.each(['--playbook Fix a bug', '--knowledge note', '--secret secret-none'])(
    'send nothing if Devin lists none, and say so: %s',
    async (typed) => {
      const { slack } = world();
      const { place, type, own } = someoneIn(world());
      await type(`fix the login ${typed}`);
      const told = await toldTo(world(), place, 'Devin has nothing called');
      expect(told.text).toContain(typed.split(' ')[1]);
      expect(own()).toEqual([]);
      expect(slack.messages(place.channelId).filter(({ metadata }) => metadata)).toEqual([]);
    },
  );
});
