import type { ModalView } from '@slack/types';
import { nullIfFails } from '../../log.ts';
import { groupsOf, type EffectiveDraft } from '../../session/defaults.ts';
import type { Faults } from '../../session/failure.ts';
import { fields, type FieldValues, type SessionDraft } from '../../session/fields.ts';
import type { LookedUpIdentity } from '../../session/identity.ts';
import type { Choices } from '../../session/policy/decide.ts';
import type { Form } from '../../store/forms.ts';
import type { Text } from '../../text/index.ts';
import { cannotStart, shownIdentity, unidentified } from '../card-view.ts';
import { ACTION } from '../edge/ids.ts';
import type { PrivatePlace } from '../edge/outbound.ts';
import { isKept } from '../views/form/fields.ts';
import { hurdleSentence, keyRefused, unopened } from '../views/notices.ts';
import { button } from '../views/objects.ts';
import { renderSessionForm, type FormIdentity, type SessionForm } from '../views/session-form.ts';
import { truncate } from '../views/text.ts';
import type { ListenersContext } from './context.ts';

/** Who asked for a view, and where: not always where its card goes. */
type Asked = PrivatePlace & { triggerId: string };

/** A trigger works once, for 3 s; the notice's button brings a new one. Resolves with the view's id; null: it isn't open. */
export async function openView(
  { slack: { outbound }, textFor, log }: ListenersContext,
  opening: Asked & { actionId: string; value: string | null },
  view: ModalView,
): Promise<string | null> {
  try {
    return await outbound.openView(opening.triggerId, view);
  } catch (error) {
    const again = button(opening.actionId, view.title.text, opening.value ?? '');
    log.warn({ err: error }, "Slack didn't open a view; the person gets a button that opens it");
    const told = unopened(view.title.text, again, await textFor(opening.userId));
    await outbound.tellPrivately(opening, told);
    return null;
  }
}

/** Opens a form at once. While nobody knows who the person is, it has no inputs, so that redrawing it loses nothing. */
export async function openForm(c: ListenersContext, asked: Asked, form: Form): Promise<void> {
  const [identity, explained, text] = await Promise.all([
    c.lookUp(form),
    c.gate.explain(form),
    c.textFor(form.userId),
  ]);
  const choices = explained?.choices ?? null;
  const draw = (runsAs: FormIdentity) => renderSessionForm(formView(form, { runsAs, choices }), text);
  const again = { actionId: ACTION.openForm, value: form.id };
  const atFirst = identity === null ? unidentified(text.home.looking) : runsAs(identity, choices, text);
  const viewId = await openView(c, { ...asked, ...again }, draw(atFirst));
  if (viewId === null || identity !== null) return;
  const asking = c.resolve(form).catch(keyRefused);
  const found = await nullIfFails(asking, c.log, 'a form could not show who it will run as');
  await c.slack.outbound.updateView(viewId, draw(runsAs(found, choices, text)));
}

const EXCERPT_LENGTH = 150;

/** The view model of a form. */
function formView(form: Form, looked: Pick<SessionForm, 'runsAs' | 'choices'>): SessionForm {
  const { id, draft, context, secretNames } = form;
  const faults = form.faults ?? {};
  const values = withRefused(draft, faults);
  const isAbout = context !== null && values.prompt === undefined;
  return {
    ...draft,
    ...looked,
    formId: id,
    groups: groupsOf(values, faults, secretNames.length > 0 ? { session_secrets: secretNames } : {}),
    values,
    faults,
    about: isAbout ? truncate(context.picked.text, EXCERPT_LENGTH) : null,
    secretNames,
  };
}

/** The values that could be read, and the refused ones if their inputs can hold them, so that people can correct them. */
function withRefused({ values: before }: EffectiveDraft, faults: Faults): SessionDraft {
  const values: FieldValues = before;
  const refused = fields.flatMap((field) => {
    const { key, input } = field;
    const typed = faults[key]?.typed ?? [];
    if (typed.length === 0 || (input.kind !== 'list' && input.kind !== 'text')) return [];
    const value = input.kind === 'list' ? [...new Set([values[key] ?? [], typed].flat())] : typed.join(' ');
    return isKept(field, value) ? [] : [[key, value] as const];
  });
  return { ...before, ...Object.fromEntries(refused) };
}

function runsAs(identity: LookedUpIdentity, choices: Choices | null, text: Text): FormIdentity {
  const known = shownIdentity(identity, text);
  const closed = choices?.closed ?? null;
  return known.mayStart && closed !== null ? cannotStart(hurdleSentence(closed, text), text) : known;
}
