import { describe, expect, test } from 'vitest';
import { createForms as createFormJobs } from '../../src/forms/index.ts';
import { createLog } from '../../src/log.ts';
import { payloads } from '../../src/queue/payloads.ts';
import type { MessageContext, SlackMessage } from '../../src/session/context.ts';
import type { Identity } from '../../src/session/identity.ts';
import { createForms, type FormDescription } from '../../src/store/forms.ts';
import { en } from '../../src/text/en.ts';
import { useEmbedded } from '../support/databases.ts';
import { unneeded } from '../support/unneeded.ts';

const ANA: Identity = { kind: 'matched', devinUserId: 'u', name: 'Ana', how: 'email', checkedAtMs: 0 };
const KNOWN: FormDescription = { identity: ANA, thread: 'looking' };

const message = (ts: string): SlackMessage => ({
  ts,
  threadTs: '1.0',
  userId: 'U2',
  appName: null,
  text: 'broken',
  files: [],
});
const IN_THREAD: MessageContext = {
  choice: 'until-here',
  channelId: 'C1',
  channelName: 'dev',
  picked: message('2.0'),
};

describe('a form that is open', () => {
  const open = useEmbedded();

  /** `opened`: what it showed when it opened; null: nothing was known. */
  async function openForm({ opened, context }: { opened: FormDescription | null; context?: MessageContext }) {
    const forms = createForms((await open()).db);
    const place = { teamId: 'T1', userId: 'U1', channelId: 'C1', threadTs: null };
    const content = { draft: { values: { prompt: 'fix it' }, sources: {} }, context: context ?? null };
    await forms.insert({ id: 'f1', ...place, ...content, sealed: null });
    if (opened !== null) await forms.describe('f1', opened);
    const updates: string[] = [];
    let describeForm = async (): Promise<void> => Promise.reject(new Error('nothing describes forms'));
    createFormJobs({
      queue: {
        work: (name, handler) => {
          const schema = payloads[name];
          if (name === 'describe-form')
            describeForm = async () =>
              void (await handler(schema.parse({ formId: 'f1', viewId: 'V1' }), new AbortController()));
        },
      },
      store: { forms },
      resolve: async () => Promise.resolve(ANA),
      slack: {
        thread: {
          read: async () =>
            Promise.resolve({
              kind: 'read',
              messages: [message('1.0'), message('2.0')],
              unread: { 'until-here': 0, thread: 0 },
            }),
          quote: unneeded,
        },
        outbound: {
          updateView: async (viewId, view) => {
            updates.push(`${viewId}: ${JSON.stringify(view)}`);
            return Promise.resolve({ kind: 'updated' });
          },
        },
        textFor: async () => Promise.resolve(en),
      },
      gate: { choicesFor: async () => Promise.resolve(null) },
      log: createLog('silent'),
    });
    return { forms, updates, describeForm };
  }

  test('shows who it runs as once that is known', async () => {
    const { describeForm, updates } = await openForm({ opened: null });
    await describeForm();
    expect(updates).toEqual([expect.stringMatching(/^V1: .*Runs as \*Ana\*/)]);
  });

  test('shows how long the thread is once it was read', async () => {
    const { describeForm, updates } = await openForm({ opened: KNOWN, context: IN_THREAD });
    await describeForm();
    expect(updates).toEqual([expect.stringContaining('The whole thread (2 messages)')]);
  });

  test('is not updated if it would look the same', async () => {
    const { describeForm, updates } = await openForm({ opened: KNOWN });
    await describeForm();
    expect(updates).toEqual([]);
  });

  test('is updated by a job that runs again, since the first run may not have reached Slack', async () => {
    const { describeForm, updates } = await openForm({ opened: null });
    await describeForm();
    await describeForm();
    expect(updates).toHaveLength(2);
  });

  test('is not updated while it shows the errors of a submission', async () => {
    const { describeForm, forms, updates } = await openForm({ opened: KNOWN, context: IN_THREAD });
    await forms.describe('f1', { refusedView: 'V1' });
    await describeForm();
    expect(updates).toEqual([]);
  });

  test('is updated if only an earlier view of it shows errors', async () => {
    const { describeForm, forms, updates } = await openForm({ opened: KNOWN, context: IN_THREAD });
    await forms.describe('f1', { refusedView: 'V0' });
    await describeForm();
    expect(updates).toHaveLength(1);
  });
});
