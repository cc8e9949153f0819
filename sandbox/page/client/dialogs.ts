import type { App, Confirmation } from './app.ts';
import { type Child, h, tag, type VNode } from './h.ts';
import { icon } from './icons.ts';
import { mrkdwn } from './mrkdwn.ts';
import { wording } from './words.ts';

/** Dialogs of Slack's client itself, above everything else. */
export function dialogs(app: App): Child {
  const { dialog } = app.state;
  if (dialog === null) return null;
  if (dialog.kind === 'confirm') return confirm(app, dialog.confirmation);
  return link(app, dialog.url);
}

type Frame = { title: string; kind: string; body: Child; buttons: Child };

function frame(app: App, { title, kind, body, buttons }: Frame): VNode {
  const close = (): void => app.update({ dialog: null });
  return h(
    `dialog.modal.small.${kind}`,
    { key: kind, 'aria-labelledby': `title-${kind}`, ref: showModal, onCancel: instead(close) },
    dialogHead({ id: `title-${kind}`, title, close }),
    dialogBody(body),
    tag('footer.modal-foot', buttons),
  );
}

/** Closing it before it is removed gives the focus back. */
export function showModal(dialog: HTMLDialogElement | null): () => void {
  dialog?.showModal();
  return () => dialog?.close();
}

/** The browser doesn't close a dialog by itself: what is drawn decides. */
export const instead = (close: () => void) => (event: Event) => {
  event.preventDefault();
  close();
};

type Head = { id: string; title: string; close: () => void; face?: Child; leads?: string };

export function dialogHead({ id, title, close, face = null, leads = wording.dialogs.close }: Head): VNode {
  return tag(
    'header.modal-head',
    face,
    h('h2', { id }, title),
    h('button.icon-button', { type: 'button', 'aria-label': leads, onClick: close }, icon('close')),
  );
}

export function dialogBody(body: Child): VNode {
  return h('div.modal-body', { tabindex: 0, role: 'region', 'aria-label': wording.dialogs.content }, body);
}

/** The harmless answer, which has the focus at first. */
const plain = (label: string, onClick: () => void): VNode =>
  h('button.button', { type: 'button', autofocus: true, onClick }, label);

function confirm(app: App, { title, text, confirm: yes, deny, isDanger, proceed }: Confirmation): VNode {
  const close = (): void => app.update({ dialog: null });
  const go = (): void => {
    close();
    proceed();
  };
  return frame(app, {
    title,
    kind: 'confirm',
    body: mrkdwn(app.state, text),
    buttons: [
      plain(deny, close),
      h(isDanger ? 'button.button.danger' : 'button.button.primary', { type: 'button', onClick: go }, yes),
    ],
  });
}

function link(app: App, url: string): VNode {
  const close = (): void => app.update({ dialog: null });
  return frame(app, {
    title: wording.dialogs.leaves,
    kind: 'link',
    body: [tag('p', wording.dialogs.leaving), tag('p.address', url)],
    buttons: [
      plain(wording.dialogs.stay, close),
      h(
        'a.button',
        { href: url, target: '_blank', rel: 'noopener noreferrer', onClick: close },
        wording.dialogs.newTab,
      ),
    ],
  });
}
