import { expect, test } from 'vitest';
import type { LookedUpIdentity } from '../../src/session/identity.ts';
import type { Choices } from '../../src/session/policy/form.ts';
import { formView } from '../../src/slack/listeners/open-view.ts';
import type { Form } from '../../src/store/forms.ts';
import { en } from '../../src/text/en.ts';
import { MATCHED } from '../support/identity.ts';

const GUEST = { kind: 'refused', reason: 'guest', maskedEmail: null, checkedAtMs: 0 } as const;
const PICKED = { ts: '2.0', threadTs: '1.0', userId: 'U1', appName: null, text: 'It is slow', files: [] };
const CONTEXT = { choice: 'thread', channelId: 'C1', channelName: 'dev', picked: PICKED } as const;

type LookedUp = { identity?: LookedUpIdentity | 'looking'; choices?: Choices | null };

function view(changes: Partial<Form> = {}, { identity = MATCHED, choices = null }: LookedUp = {}) {
  return formView(
    {
      id: 'f1',
      teamId: 'T1',
      userId: 'U1',
      channelId: 'C1',
      threadTs: null,
      placeKind: null,
      draft: { values: {}, sources: {} },
      context: CONTEXT,
      sealed: null,
      sentIn: null,
      lostSecrets: null,
      faults: null,
      without: null,
      questions: null,
      ...changes,
    },
    { identity, choices },
    en,
  );
}

test.each([
  ['a thread', CONTEXT, ['thread', 'message']],
  ['a thread up to a message', { ...CONTEXT, choice: 'until-here' }, ['until-here', 'message']],
  ['a message in a thread', { ...CONTEXT, choice: 'message' }, ['message', 'thread']],
  ['a message', { ...CONTEXT, picked: { ...PICKED, threadTs: null } }, ['message']],
] as const)('a form about %s offers that first', (_what, context, options) => {
  expect(view({ context }).context?.options).toEqual(options);
});

test.each([
  ['says what it is about', 'Is it slow?', null],
  ['is still empty', undefined, 'Look, <@U2>: is it slow?'],
])('a form shows the message beside a task only if that is empty: it %s', (_what, prompt, shown) => {
  const values = prompt === undefined ? {} : { prompt };
  const picked = { ...PICKED, text: 'Look, <@U2>: is it slow?' };
  const { context } = view({ draft: { values, sources: {} }, context: { ...CONTEXT, picked } });
  expect(context?.picked).toBe(shown);
});

test('a form says of a message without words that it has none', () => {
  const picked = { ...PICKED, text: '' };
  expect(view({ context: { ...CONTEXT, picked } }).context?.picked).toBe('');
});

test('a form opens the group of each value, of each fault, and of secrets that were lost', () => {
  const draft = { values: { tags: ['ci'] }, sources: {} };
  const faults = { platform: { typed: [], said: 'No such platform.' } };
  expect(view({ draft, faults, lostSecrets: [] }).groups).toEqual(['about', 'access', 'machine']);
});

test.each([
  ['nobody knows yet', 'looking', 'looking'],
  ['the person is known', MATCHED, 'member'],
  ['nobody could tell', null, 'not-known'],
  ['the person may not start anything', GUEST, 'refused'],
] as const)('a form says who its session runs as: %s', (_what, identity, kind) => {
  expect(view({}, { identity }).runsAs.kind).toBe(kind);
});

test('a form is closed by a rule that refuses all of it, in its words', () => {
  const closed = {
    kind: 'rule',
    verdict: 'refuse',
    rule: 'freeze',
    say: 'Until Monday.',
    field: 'prompt',
  } as const;
  const choices = { closed, set: {}, modes: {}, instructions: null, most: null, budgets: [] };
  const why = (identity: LookedUpIdentity) => JSON.stringify(view({}, { identity, choices }).runsAs);
  expect(why(MATCHED)).toMatch(/"refused".*Until Monday\./);
  expect(why(null)).toMatch(/"refused".*Until Monday/);
  // What others may not do is no help to a guest.
  expect(why(GUEST)).not.toContain('Until Monday');
});
