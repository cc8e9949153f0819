import type { ModalView } from '@slack/types';
import type { Log } from '../../log.ts';
import type { LookedUpIdentity } from '../../session/identity.ts';
import type { Choices } from '../../session/policy/form.ts';
import type { Form } from '../../store/forms.ts';
import type { Person } from '../../store/identities.ts';
import { formView } from '../form-view.ts';
import { unopened } from '../views/notices.ts';
import { button } from '../views/objects.ts';
import { renderSessionForm } from '../views/session-form.ts';
import { ACTION } from './ids.ts';
import type { Outbound } from './outbound.ts';
import { privatePlace, type Place } from './places.ts';
import type { TextFor } from './text-for.ts';

/** The button that was pressed. If Slack opens nothing, the person gets the same button again. */
type Opening = Place & { triggerId: string; actionId: string; label: string; value: string | null };

/** `viewId`: null if Slack didn't open it, and the person is told. */
type ViewOpener = (opening: Opening, view: ModalView) => Promise<{ viewId: string | null }>;

type OpenerDeps = { outbound: Pick<Outbound, 'openView' | 'tellPrivately'>; textFor: TextFor; log: Log };

/** A trigger works once, for 3 s; the notice's button brings a new one. */
export function createViewOpener({ outbound, textFor, log }: OpenerDeps): ViewOpener {
  return async (opening, view) =>
    outbound.openView(opening.triggerId, view).catch(async (error: unknown) => {
      const again = button(opening.actionId, opening.label, opening.value ?? '');
      log.warn({ err: error }, "Slack didn't open a view; the person gets a button that opens it");
      const told = unopened(view.title.text, again, await textFor(opening.userId));
      await outbound.tellPrivately(privatePlace(opening), told);
      return { viewId: null };
    });
}

/** Who asked for the form, and where: not always where its card goes. */
type Asked = Place & { triggerId: string };

type FormOpenerDeps = {
  /** Who the person is; null: not known in time. */
  lookUp: (person: Person) => Promise<LookedUpIdentity>;
  /** The same, however long it takes; null: nobody could tell. */
  lookUpAtLength: (person: Person) => Promise<LookedUpIdentity>;
  /** What the policy allows; null: everything, as far as is known. Doesn't take long, whatever it finds. */
  choicesFor: (form: Form) => Promise<Choices | null>;
  outbound: Pick<Outbound, 'updateView'>;
  openView: ViewOpener;
  textFor: TextFor;
};

/** Opens a form at once. While nobody knows who the person is, it has no inputs, so that redrawing it loses nothing. */
export function createFormOpener(deps: FormOpenerDeps) {
  const { lookUp, lookUpAtLength, choicesFor, outbound, openView, textFor } = deps;
  return async (asked: Asked, form: Form): Promise<void> => {
    const [identity, choices, text] = await Promise.all([
      lookUp(form),
      choicesFor(form),
      textFor(form.userId),
    ]);
    const draw = (known: LookedUpIdentity | 'looking') =>
      renderSessionForm(formView(form, { identity: known, choices }, text), text);
    const again = { actionId: ACTION.openForm, label: text.notices.openForm, value: form.id };
    const { viewId } = await openView({ ...asked, ...again }, draw(identity ?? 'looking'));
    if (viewId === null || identity !== null) return;
    await outbound.updateView(viewId, draw(await lookUpAtLength(form)));
  };
}
