import { expect, test } from 'vitest';
import { effectivePreferences } from '../../../src/session/preferences.ts';
import { createTextFor } from '../../../src/slack/edge/people.ts';
import { en } from '../../../src/text/en.ts';
import { createLanguages } from '../../../src/text/languages.ts';
import { captureLog } from '../../support/log-lines.ts';

test.each([
  ['is slow', async () => new Promise<never>(() => undefined)],
  ["can't be reached", async () => Promise.reject(new Error('Slack is down'))],
])('a person is answered in the shared language if Slack %s', async (_what, find) => {
  const { log, text: logged } = captureLog();
  const languages = createLanguages('en');
  const preferencesFor = async () => Promise.resolve(effectivePreferences([]));
  const textFor = createTextFor({ languages, people: { find }, preferencesFor, log });
  expect(await textFor('U1')).toBe(en);
  expect(await textFor('U1')).toBe(en);
  expect(logged().split('could not be looked up').length).toBeLessThanOrEqual(2);
});
