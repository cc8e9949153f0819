import type { View } from '../../slack/model.ts';
import { type App, withEntry } from './app.ts';
import { blocksOf } from './blocks.ts';
import { dialogBody, dialogHead, instead, showModal } from './dialogs.ts';
import { enteredIn } from './entries.ts';
import { appAvatar } from './faces.ts';
import { type Child, h, tag, type VNode } from './h.ts';
import { icon } from './icons.ts';
import { wording } from './words.ts';

/** The current person's topmost modal. */
export function modal(app: App): Child {
  const view = app.state.snapshot.views.findLast(({ userId }) => userId === app.state.userId);
  return view?.definition.type === 'modal' ? dialog(app, view, view.definition) : null;
}

type Definition = Extract<View['definition'], { type: 'modal' }>;

function dialog(app: App, view: View, definition: Definition): VNode {
  const { id, values, errors, previousId } = view;
  const trouble = app.state.viewTrouble.get(id);
  const isBusy = app.state.busy.has(`submit/${id}`);
  const closing = `close/${id}`;
  const close = (): void => {
    if (!app.state.busy.has(closing)) void app.act({ do: 'close-view', viewId: id }, closing);
  };
  return h(
    'dialog.modal',
    {
      key: id,
      'aria-labelledby': `title-${id}`,
      'data-view': id,
      ref: arrive,
      onCancel: instead(close),
    },
    h(
      'form.modal-form',
      {
        novalidate: true,
        onSubmit: instead(() => void submit(app, view)),
      },
      dialogHead({
        id: `title-${id}`,
        title: definition.title.text,
        close,
        face: appAvatar('small'),
        leads: previousId !== null ? wording.dialogs.back : wording.dialogs.close,
      }),
      trouble === undefined ? null : h('p.trouble', { role: 'alert' }, icon('warning'), trouble),
      dialogBody(blocksOf(app, { target: { viewId: id }, values, errors }, definition.blocks)),
      tag(
        'footer.modal-foot',
        h(
          'button.button',
          { type: 'button', onClick: close },
          definition.close?.text ?? wording.dialogs.close,
        ),
        definition.submit === undefined ? null : submitButton(definition.submit.text, isBusy),
      ),
    ),
  );
}

const submitButton = (label: string, isBusy: boolean): VNode =>
  h(
    'button.button.primary',
    { type: 'submit', 'aria-busy': isBusy ? 'true' : null },
    tag('span', label),
    isBusy ? h('span.spinner', { 'aria-hidden': 'true' }) : null,
  );

function arrive(shown: HTMLDialogElement | null): () => void {
  const close = showModal(shown);
  const first =
    shown?.querySelector<HTMLElement>('[data-focus]') ?? shown?.querySelector<HTMLElement>('.field');
  first?.focus();
  return close;
}

async function submit(app: App, view: View): Promise<void> {
  const { id: viewId } = view;
  const busy = `submit/${viewId}`;
  if (app.state.busy.has(busy)) return;
  const troubles = new Map(app.state.viewTrouble);
  troubles.delete(viewId);
  app.update({ viewTrouble: troubles });
  const entries = enteredIn(app, view);
  if (Object.keys(entries).length > 0) {
    const kept = await app.act({ do: 'type', viewId, entries }, busy);
    if (!kept.ok) return fail(app, viewId, kept.problem);
  }
  const answer = await app.act({ do: 'submit', viewId }, busy);
  if (!answer.ok) return fail(app, viewId, answer.problem);
  if (answer.result.outcome === 'failed') fail(app, viewId, wording.form.trouble);
  const isRefused = answer.result.outcome === 'errors' || answer.result.outcome === 'invalid';
  if (isRefused)
    document.querySelector<HTMLElement>('.modal .invalid .field, .modal .invalid input')?.focus();
}

function fail(app: App, viewId: string, words: string): void {
  app.update({ viewTrouble: withEntry(app.state.viewTrouble, viewId, words) });
}
