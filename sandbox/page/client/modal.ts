import type { App } from './app.ts';
import { withEntry } from './app.ts';
import { blocksOf } from './blocks.ts';
import { enteredIn } from './entries.ts';
import { appAvatar } from './faces.ts';
import { icon } from './icons.ts';
import { targetOf } from './vdom.ts';
import { h } from './vnode.ts';
import type { Child, VNode } from './vnode.ts';
import type { ShownView } from './wire.ts';

/** The topmost modal of the person one is. */
export function modal(app: App): Child {
  const view = app.state.snapshot.views.findLast(
    ({ userId, type }) => userId === app.state.userId && type === 'modal',
  );
  return view === undefined ? null : dialog(app, view);
}

function dialog(app: App, view: ShownView): VNode {
  const { id, values, errors, blocks } = view;
  const trouble = app.state.viewTrouble.get(id);
  const close = (): void => void app.act({ do: 'close-view', viewId: id });
  return h(
    'dialog.modal',
    {
      key: id,
      'aria-labelledby': `title-${id}`,
      'data-view': id,
      onmount: arrive,
      onunmount: (event) => targetOf(event, HTMLDialogElement).close(),
      oncancel: (event) => {
        event.preventDefault();
        close();
      },
    },
    h(
      'form.modal-form',
      {
        novalidate: true,
        onsubmit: (event) => {
          event.preventDefault();
          void submit(app, view);
        },
      },
      head(view, close),
      trouble === undefined ? null : h('p.trouble', { role: 'alert' }, icon('warning'), trouble),
      h(
        'div.modal-body',
        { tabindex: 0, role: 'region', 'aria-label': 'Content' },
        blocksOf(app, { target: { viewId: id }, values, errors }, blocks),
      ),
      footer(app, view, close),
    ),
  );
}

function head({ id, title, hasPrevious }: ShownView, close: () => void): VNode {
  return h(
    'header.modal-head',
    {},
    appAvatar('small'),
    h('h2', { id: `title-${id}` }, title),
    h(
      'button.icon-button',
      { type: 'button', 'aria-label': hasPrevious ? 'Back' : 'Close', onclick: close },
      icon('close'),
    ),
  );
}

function footer(app: App, view: ShownView, close: () => void): VNode {
  const isBusy = app.state.busy.has(`submit/${view.id}`);
  return h(
    'footer.modal-foot',
    {},
    h('button.button', { type: 'button', onclick: close }, view.close),
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

function arrive(event: Event): void {
  const shown = targetOf(event, HTMLDialogElement);
  shown.showModal();
  const first =
    shown.querySelector<HTMLElement>('[data-focus]') ?? shown.querySelector<HTMLElement>('.field');
  first?.focus();
}

async function submit(app: App, view: ShownView): Promise<void> {
  const { id: viewId } = view;
  const busy = `submit/${viewId}`;
  if (app.state.busy.has(busy)) return;
  const troubles = new Map(app.state.viewTrouble);
  troubles.delete(viewId);
  app.update({ viewTrouble: troubles, suggesting: null });
  const entries = enteredIn(app, view);
  if (Object.keys(entries).length > 0) {
    const kept = await app.act({ do: 'type', viewId, entries }, busy);
    if (!kept.ok) return fail(app, viewId, kept.problem);
  }
  const answer = await app.act({ do: 'submit', viewId }, busy);
  if (!answer.ok) return fail(app, viewId, answer.problem);
  if (answer.result.outcome === 'failed') fail(app, viewId, 'We had some trouble connecting. Try again?');
  const isRefused = answer.result.outcome === 'errors' || answer.result.outcome === 'invalid';
  if (isRefused)
    document.querySelector<HTMLElement>('.modal .invalid .field, .modal .invalid input')?.focus();
}

function fail(app: App, viewId: string, words: string): void {
  app.update({ viewTrouble: withEntry(app.state.viewTrouble, viewId, words) });
}
