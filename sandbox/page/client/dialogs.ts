import type { App, Confirmation } from './app.ts';
import { h, type Child, type VNode } from './h.ts';
import { icon } from './icons.ts';
import { mrkdwn } from './mrkdwn.ts';
import { clock } from './time.ts';
import type { ShownSession } from './wire.ts';
import { wording } from './words.ts';

/** Dialogs of Slack's client itself, above everything else. */
export function dialogs(app: App): Child {
  const { dialog, snapshot } = app.state;
  if (dialog === null) return null;
  if (dialog.kind === 'confirm') return confirm(app, dialog.confirmation);
  if (dialog.kind === 'link') return link(app, dialog.url);
  const session = snapshot.sessions.find(({ id }) => id === dialog.sessionId);
  return session === undefined ? null : sessionPage(app, session);
}

type Frame = { title: string; kind: string; body: Child; buttons: Child };

function frame(app: App, { title, kind, body, buttons }: Frame): VNode {
  const close = (): void => app.update({ dialog: null });
  return h(
    `dialog.modal.small.${kind}`,
    { key: kind, 'aria-labelledby': `title-${kind}`, ref: showModal, onCancel: instead(close) },
    dialogHead({ id: `title-${kind}`, title, close }),
    dialogBody(body),
    h('footer.modal-foot', {}, buttons),
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
  return h(
    'header.modal-head',
    {},
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
    body: [h('p', {}, wording.dialogs.leaving), h('p.address', {}, url)],
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

/** Instead of the session's page in Devin's web app. */
function sessionPage(app: App, session: ShownSession): VNode {
  const { title, status, statusDetail, prompt, acus, pullRequests, messages, url } = session;
  const facts = [
    statusDetail === null ? status : `${status} · ${statusDetail.replaceAll('_', ' ')}`,
    `${Math.round(acus * 100) / 100} ACU`,
    ...pullRequests.map((one) => `${one.url.replace(/^https?:\/\/[^/]+\//, '')} (${one.state ?? 'open'})`),
  ];
  const said = messages.map(({ source, message, createdAtMs }) =>
    h(
      `li.said.${source}`,
      {},
      h(
        'p.said-by',
        {},
        wording.dialogs.saidAt(source === 'devin' ? 'Devin' : wording.dialogs.person, clock(createdAtMs)),
      ),
      h('p.said-words', {}, message),
    ),
  );
  return frame(app, {
    title: title ?? wording.dialogs.session,
    kind: 'session-page',
    body: [
      h('p.address', {}, url),
      h(
        'ul.channel-facts',
        {},
        facts.map((fact) => h('li', {}, fact)),
      ),
      h('h3', {}, wording.dialogs.task),
      h('pre.code', {}, prompt),
      said.length === 0 ? null : [h('h3', {}, wording.dialogs.conversation), h('ol.conversation', {}, said)],
    ],
    buttons: plain(wording.dialogs.close, () => app.update({ dialog: null })),
  });
}
