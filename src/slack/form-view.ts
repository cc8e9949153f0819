import type { ContextChoice, MessageContext } from '../session/context.ts';
import { groupsOf } from '../session/defaults.ts';
import { fields, type SessionDraft } from '../session/fields.ts';
import type { LookedUpIdentity } from '../session/identity.ts';
import type { Choices } from '../session/policy/form.ts';
import type { Form } from '../store/forms.ts';
import type { Text } from '../text/index.ts';
import { identitySentence } from './card-notes.ts';
import { hurdleSentence, refusalSentence } from './views/failures.ts';
import type { FormContext } from './views/form/context-inputs.ts';
import type { FormIdentity, SessionForm } from './views/session-form.ts';
import { truncate } from './views/text.ts';

const EXCERPT_LENGTH = 150;

/** What was looked up for a form. `choices`: what the policy leaves; null: everything, as far as is known. */
type LookedUp = { identity: LookedUpIdentity | 'looking'; choices: Choices | null };

/** The view model of a form. */
export function formView(form: Form, { identity, choices }: LookedUp, text: Text): SessionForm {
  const { id, draft, context, lostSecrets, faults } = form;
  const values = withRefused(form);
  const lost = lostSecrets === null ? {} : { session_secrets: lostSecrets };
  return {
    formId: id,
    groups: groupsOf(values, faults ?? {}, lost),
    values,
    sources: draft.sources,
    names: draft.names ?? {},
    faults: faults ?? {},
    context: context === null ? null : contextView(values, context),
    runsAs: runsAs(identity, choices, text),
    choices,
    notes: lostSecrets === null ? [] : [text.modal.secretsLost(lostSecrets)],
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

function contextView({ prompt }: SessionDraft, { picked, choice }: MessageContext): FormContext {
  const own: ContextChoice[] = choice === 'message' ? ['message', 'thread'] : [choice, 'message'];
  return {
    picked: prompt === undefined ? truncate(picked.text, EXCERPT_LENGTH) : null,
    options: picked.threadTs === null ? ['message'] : own,
  };
}

function runsAs(identity: LookedUp['identity'], choices: Choices | null, text: Text): FormIdentity {
  if (identity === 'looking') return { kind: 'looking' };
  const isRefused = identity !== null && identity !== 'key-refused' && identity.kind === 'refused';
  if (choices?.closed && !isRefused) return { kind: 'refused', why: hurdleSentence(choices.closed, text) };
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
