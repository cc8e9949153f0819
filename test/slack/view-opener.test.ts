import { WebAPIPlatformError } from '@slack/web-api';
import { expect, test } from 'vitest';
import { modal } from '../../src/slack/blocks/objects.ts';
import { ACTION } from '../../src/slack/ids.ts';
import { createViewOpener } from '../../src/slack/view-opener.ts';
import { en } from '../../src/text/en.ts';
import { captureLog } from '../support/log-lines.ts';

const VIEW = modal({ words: { title: 'words' }, blocks: [] }, en);
const OPENING = {
  userId: 'U1',
  channelId: 'C1',
  threadTs: null,
  responseUrl: null,
  triggerId: 'trigger',
  actionId: ACTION.openForm,
  label: 'Details',
  value: 'r1',
};

test('a view that Slack refuses is offered again, and the log has it once', async () => {
  const { log, text } = captureLog();
  const told: string[] = [];
  const outbound = {
    openView: async () => Promise.reject(new WebAPIPlatformError({ ok: false, error: 'invalid_arguments' })),
    tellPrivately: async (_place: unknown, { text: words }: { text: string }) => {
      told.push(words);
      return Promise.resolve('delivered' as const);
    },
  };
  const open = createViewOpener({ outbound, textFor: async () => Promise.resolve(en), log });
  expect(await open(OPENING, VIEW)).toEqual({ viewId: null });
  expect(told).toEqual([en.notices.notOpened('words')]);
  expect(text().trim().split('\n')).toHaveLength(1);
});
