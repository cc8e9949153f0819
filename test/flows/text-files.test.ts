import { describe, expect, test } from 'vitest';
import { sessionOf, sessionsAs, settledForm, addOptions } from '../support/look.ts';
import { someoneIn } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

describe('values too long for an input', () => {
  const world = useWorld();

  const open = async () => {
    const { slack, devin } = world();
    const { ana, channelId } = someoneIn(world());
    await slack.command(ana.userId, channelId, '');
    const view = await settledForm(slack, ana.userId);
    await addOptions(slack, view);
    const upload = (name: string, content: string | Buffer) =>
      slack.addFile({ name, mimetype: 'text/plain', content, owner: ana.userId });
    return { slack, devin, ana, view, upload };
  };

  test('can be uploaded as files, sorted by name: a task, a schema and .env files', async () => {
    const { slack, devin, ana, view, upload } = await open();
    const schema = {
      type: 'object',
      properties: { answer: { type: 'string', description: 'd'.repeat(20_000) } },
    };
    const long = 'k'.repeat(65_536);
    slack.typeIn(view.id, {
      'field.prompt': 'Do what the file says.',
      'field.session_secrets': 'TYPED=1',
      files: [
        upload('task.md', `# Steps\n${'one more step\n'.repeat(1000)}`),
        upload('schema.json', JSON.stringify(schema)),
        upload('.env', `LONG=${long}\n# a comment\nPEM="line 1\nline 2"\n`),
        upload('prod.env.local', 'LOCAL=1'),
        upload('log.txt', 'it fails'),
        upload('package.json', '{}'),
      ],
    });
    expect((await slack.submit(view.id, ana.userId)).kind).toBe('closed');
    const session = await sessionOf(devin, ana.devinUserId);
    expect(session.request.prompt).toMatch(/^Do what the file says\.\n\n# Steps\n(one more step\n){999}/);
    expect(session.request.structured_output_schema).toEqual(schema);
    expect(devin.secretsOf(session.id)).toEqual([
      { key: 'TYPED', value: '1', sensitive: true },
      { key: 'LONG', value: long, sensitive: true },
      { key: 'PEM', value: 'line 1\nline 2', sensitive: true },
      { key: 'LOCAL', value: '1', sensitive: true },
    ]);
    expect(devin.uploads.map(({ name }) => name)).toEqual(['log.txt', 'package.json']);
    expect(slack.problems).toEqual([]);
  });

  test('start nothing if they are invalid, and the input says why of each', async () => {
    const { slack, devin, ana, view, upload } = await open();
    slack.typeIn(view.id, {
      'field.prompt': 'Try it.',
      files: [
        upload('task.md', Buffer.from([0xff, 0xfe, 0xfd])),
        upload('schema.json', '["type"]'),
        upload('.env', 'nothing of the kind'),
      ],
    });
    const result = await slack.submit(view.id, ana.userId);
    if (result.kind !== 'errors') throw new Error(result.kind);
    expect(result.errors).toEqual({
      files: [
        "task.md: This app couldn't read it. Upload a text file (UTF-8) of up to 256 KB that is not empty.",
        'schema.json: Use a JSON Schema.',
        '.env: Use KEY=VALUE lines, with each key once.',
      ].join('\n'),
    });
    expect(sessionsAs(devin, ana.devinUserId)).toEqual([]);
  });
});
