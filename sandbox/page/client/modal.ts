import { type App, withEntry } from './app.ts';
import { blocksOf } from './blocks.ts';
import { dialogBody, dialogHead, instead, showModal } from './dialogs.ts';
import { enteredIn } from './entries.ts';
import { appAvatar } from './faces.ts';
import { h, type Child, type VNode } from './h.ts';
import { icon } from './icons.ts';
import type { ShownView } from './wire.ts';
import { wording } from './words.ts';

/** The current person's topmost modal. */
export function modal(app: App): Child {
  const view = app.state.snapshot.views.findLast(
    ({ userId, type }) => userId === app.state.userId && type === 'modal',
  );
  return view === undefined ? null : dialog(app, view);
}

function dialog(app: App, view: ShownView): VNode {
  const { id, title, values, errors, blocks, hasPrevious } = view;
  const trouble = app.state.viewTrouble.get(id);
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
        title,
        close,
        face: appAvatar('small'),
        leads: hasPrevious ? wording.dialogs.back : wording.dialogs.close,
      }),
      trouble === undefined ? null : h('p.trouble', { role: 'alert' }, icon('warning'), trouble),
      dialogBody(blocksOf(app, { target: { viewId: id }, values, errors }, blocks)),
      footer(app, view, close),
    ),
  );
}

function footer(app: App, view: ShownView, close: () => void): VNode {
  const isBusy = app.state.busy.has(`submit/${view.id}`);
  return h(
    'footer.modal-foot',
    {},
    h('button.button', { type: 'button', onClick: close }, view.close),
    view.submit === null
      ? null
      : h(
          'button.button.primary',
          { type: 'submit', 'aria-busy': isBusy ? 'true' : null },
          h('span', {}, view.submit),
          isBusy ? h('span.spinner', { 'aria-hidden': 'true' }) : null,
        ),
  );
}

function arrive(shown: HTMLDialogElement | null): () => void {
  const close = showModal(shown);
  const first =
    shown?.querySelector<HTMLElement>('[data-focus]') ?? shown?.querySelector<HTMLElement>('.field');
  first?.focus();
  return close;
}

async function submit(app: App, view: ShownView): Promise<void> {
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
