import { expect, test } from 'vitest';
import { choicesSchema } from '../../src/session/policy/form.ts';
import { formView } from '../../src/slack/form-view.ts';
import type { Form, FormDescription } from '../../src/store/forms.ts';
import { en } from '../../src/text/en.ts';
import { MATCHED } from '../support/identity.ts';

const GUEST = { kind: 'refused', reason: 'guest', maskedEmail: null, checkedAtMs: 0 } as const;
const COUNTS = { untilHere: { messages: 3, files: 0 }, whole: { messages: 9, files: 2 } };
const DESCRIBED = { identity: MATCHED, thread: COUNTS } satisfies FormDescription;
const PICKED = { ts: '2.0', threadTs: '1.0', userId: 'U1', appName: null, text: 'It is slow', files: [] };
const CONTEXT = { choice: 'thread', channelId: 'C1', channelName: 'dev', picked: PICKED } as const;

function view(changes: Partial<Form> = {}) {
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
      secretNames: null,
      without: null,
      expanded: false,
      description: DESCRIBED,
      ...changes,
    },
    en,
  );
}

test('a form shows how much each choice of context sends', () => {
  expect(view().context).toMatchObject({
    chosen: 'thread',
    options: [
      { choice: 'message', messages: 1 },
      { choice: 'until-here', messages: 3, files: 0 },
      { choice: 'thread', messages: 9, files: 2 },
    ],
    notes: [],
  });
  expect(view({ description: null }).context?.options).toContainEqual({
    choice: 'thread',
    messages: null,
    files: null,
  });
});

const LAST = { ...DESCRIBED, thread: { ...COUNTS, untilHere: COUNTS.whole } };
const PART = ['message', 'until-here', 'thread'];

test.each([
  ['not if it is the first one', { context: { ...CONTEXT, picked: { ...PICKED, ts: '1.0' } } }, false],
  ['not if it is the last one', { description: LAST }, false],
  ['if that is chosen', { description: LAST, context: { ...CONTEXT, choice: 'until-here' } }, true],
  ['if more follow', { description: { ...LAST, thread: { ...LAST.thread, unread: 1 } } }, true],
] as const)('a form offers the thread up to a message: %s', (_when, changes, isOffered) => {
  const offered = view(changes).context?.options.map(({ choice }) => choice);
  expect(offered).toEqual(isOffered ? PART : ['message', 'thread']);
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

test.each([
  ['was left out of a thread that is too long to read', { unread: 40 }, en.modal.context.tooMany(9, 40)],
  ['goes to Devin as a file', { asFile: true }, en.modal.context.asFile],
] as const)('a form says what %s', (_what, more, note) => {
  expect(view({ description: { ...DESCRIBED, thread: { ...COUNTS, ...more } } }).context?.notes).toEqual([
    note,
  ]);
});

test('a form says what the person unticked', () => {
  const { context } = view({ without: { messages: ['1.0'], files: [] } });
  expect(context?.notes).toEqual([en.modal.context.without(en.modal.context.messages(1))]);
});

test('a form sends the picked message only if its thread is not to be read, and says why', () => {
  expect(view({ description: { ...DESCRIBED, thread: null } }).context).toMatchObject({
    chosen: 'message',
    options: [{ choice: 'message', messages: 1 }],
    notes: [en.modal.threadUnreadable],
  });
});

test.each([
  ['nobody knows yet', null, 'looking'],
  ['the person is known', DESCRIBED, 'member'],
  ['nobody could tell', { ...DESCRIBED, identity: null }, 'not-known'],
  ['the person may not start anything', { ...DESCRIBED, identity: GUEST }, 'refused'],
] as const)('a form says who its session runs as: %s', (_what, description, kind) => {
  expect(view({ description }).runsAs.kind).toBe(kind);
});

test('a form is closed by a rule that refuses all of it, with its name and words', () => {
  const closed = { kind: 'rule', verdict: 'refuse', rule: 'freeze', say: 'Until Monday.', field: 'prompt' };
  const rest = { set: {}, modes: {}, announcements: [], instructions: null, most: null, budgets: [] };
  const choices = choicesSchema.parse({ ...rest, closed });
  const why = (identity: FormDescription['identity']) =>
    JSON.stringify(view({ description: { ...DESCRIBED, identity, choices } }).runsAs);
  expect(why(MATCHED)).toMatch(/"refused".*freeze.*Until Monday\./);
  expect(why(null)).toMatch(/"refused".*freeze/);
  // What others may not do is no help to a guest.
  expect(why(GUEST)).not.toContain('freeze');
});
