import type { ContextChoice, MessageContext, Without } from '../session/context.ts';
import { fields, type SessionDraft } from '../session/fields.ts';
import type { LookedUpIdentity } from '../session/identity.ts';
import type { Form, FormDescription } from '../store/forms.ts';
import type { Text } from '../text/index.ts';
import { identitySentence, untickedWords } from './card-notes.ts';
import { hurdleSentence, refusalSentence } from './views/failures.ts';
import type { FormContext } from './views/form/context-inputs.ts';
import type { FormIdentity, SessionForm } from './views/session-form.ts';
import { truncate } from './views/text.ts';

const EXCERPT_LENGTH = 150;

/** The view model of a form. `typed`: what its inputs hold now, if it is redrawn. */
export function formView(form: Form, text: Text, typed: SessionDraft | null = null): SessionForm {
  return {
    formId: form.id,
    expanded: form.expanded,
    values: typed ?? withRefused(form),
    prefill: withRefused(form),
    sources: form.draft.sources,
    names: form.draft.names ?? {},
    faults: form.faults ?? {},
    secretNames: form.secretNames ?? [],
    context: form.context === null ? null : contextView(form, form.context, text),
    runsAs: runsAs(form.description, text),
    choices: form.description?.choices ?? null,
    notes: form.lostSecrets === null ? [] : [text.modal.secretsLost(form.lostSecrets)],
  };
}

/**
 * The values that could be read, and the refused ones if their inputs can hold them, so that people can correct them.
 */
function withRefused({ draft, faults }: Form): SessionDraft {
  const refused = fields.flatMap(({ key, input }) => {
    const typed = faults?.[key]?.typed ?? [];
    if (typed.length === 0 || (input.kind !== 'list' && input.kind !== 'text')) return [];
    const before = Object.entries(draft.values).find(([known]) => known === key)?.[1];
    const kept = Array.isArray(before) ? before.filter((one) => typeof one === 'string') : [];
    return [[key, input.kind === 'list' ? [...new Set([...kept, ...typed])] : typed.join(' ')] as const];
  });
  return { ...draft.values, ...Object.fromEntries(refused) };
}

function contextView(
  { description, without, draft }: Form,
  context: MessageContext,
  text: Text,
): FormContext {
  const { picked, choice } = context;
  const excerpt = truncate(picked.text, EXCERPT_LENGTH);
  const unreadable = description !== null && description.thread === null;
  const counts = description?.thread === 'looking' ? undefined : (description?.thread ?? undefined);
  const own = { choice: 'message' as const, messages: 1, files: picked.files.length };
  const inThread = picked.threadTs !== null && !unreadable;
  return {
    picked: draft.values.prompt === undefined ? excerpt : null,
    options: inThread ? [own, ...threadOptions(context, counts)] : [own],
    chosen: inThread ? choice : 'message',
    notes: contextNotes({ unreadable: picked.threadTs !== null && unreadable, counts, without }, text),
  };
}

/** Up to the first message is that message, and up to the last is all of the thread: neither is a choice of its own. */
function threadOptions(
  { picked, choice }: MessageContext,
  counts: Counts | undefined,
): FormContext['options'] {
  const option = (one: ContextChoice, counted: Counts['whole'] | undefined) => ({
    choice: one,
    messages: counted?.messages ?? null,
    files: counted?.files ?? null,
  });
  const whole = option('thread', counts?.whole);
  const isSame = picked.threadTs === picked.ts || isLast(counts);
  return isSame && choice !== 'until-here' ? [whole] : [option('until-here', counts?.untilHere), whole];
}

/** Whether nothing is after the picked message. */
function isLast(counts: Counts | undefined): boolean {
  if (counts === undefined || (counts.unread ?? 0) > 0) return false;
  return counts.untilHere.messages === counts.whole.messages;
}

type Counts = Exclude<FormDescription['thread'], 'looking' | null>;
type Noted = { unreadable: boolean; counts: Counts | undefined; without: Without | null };

function contextNotes({ unreadable, counts, without }: Noted, text: Text): string[] {
  const words = text.modal.context;
  const unread = counts?.unread ?? 0;
  const unticked = untickedWords(without, text);
  return [
    ...(unreadable ? [text.modal.threadUnreadable] : []),
    ...(unread === 0 ? [] : [words.tooMany(counts?.whole.messages ?? 0, unread)]),
    ...(counts?.asFile === true ? [words.asFile] : []),
    ...(unticked === null ? [] : [words.without(unticked)]),
  ];
}

function runsAs(description: FormDescription | null, text: Text): FormIdentity {
  if (description === null) return { kind: 'looking' };
  const { choices, keyRefused = false } = description;
  const identity = keyRefused ? 'key-refused' : description.identity;
  const closed = choices?.closed ?? null;
  if (closed !== null && description.identity?.kind !== 'refused')
    return {
      kind: 'refused',
      why: hurdleSentence(closed, text),
    };
  if (identity === null) return { kind: 'not-known', why: text.modal.identityUnavailable };
  return shownIdentity(identity, text);
}

export function shownIdentity(identity: LookedUpIdentity, text: Text): FormIdentity {
  if (identity === 'key-refused') return { kind: 'not-known', why: text.devin.unauthorized };
  if (identity === null) return { kind: 'not-known', why: text.home.runsAs.notKnown };
  if (identity.kind === 'refused') return { kind: 'refused', why: refusalSentence(identity, text) };
  const { checkedAtMs } = identity;
  const how = identitySentence(identity, text);
  if (identity.kind === 'matched') return { kind: 'member', name: identity.name, how, checkedAtMs };
  const why = text.joins.sentences([text.notices.serviceUser.runsAs, how]);
  return { kind: 'service-user', why, checkedAtMs };
}
