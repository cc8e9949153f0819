import { render } from 'preact';
import { fetchSnapshot, listen, postAct } from './api.ts';
import { type App, type AppState, isAppConversation, notify, readableChannels } from './app.ts';
import { conversation, thread } from './conversation.ts';
import { dialogs } from './dialogs.ts';
import { readDrafts, saveDrafts } from './drafts.ts';
import { guide, showBugThread } from './guide.ts';
import { h, type Child, tag, type VNode } from './h.ts';
import { catchLinks } from './links.ts';
import { modal } from './modal.ts';
import { closeOnEscape, panelView, refreshPanel } from './panel.ts';
import { firstChannel, isNamedBy, readAddress, writeAddress, writeTitle } from './places.ts';
import { keepAtEnd } from './scrolling.ts';
import { sidebar } from './sidebar.ts';
import { topBar } from './top-bar.ts';
import type { Snapshot } from './wire.ts';
import { wording } from './words.ts';

const root = document.getElementById('app');
const aside = document.getElementById('panel');
if (root === null || aside === null) throw new Error('The page has no #app or no #panel.');

const app = createApp({ root, aside }, initialState(await fetchSnapshot()));
const refresh = oneAtATime(async () => {
  const snapshot = await fetchSnapshot();
  const before = app.state;
  // Another sandbox at the same address: everything on the page is outdated.
  if (snapshot.people.every(({ id }) => id !== before.userId)) return window.location.reload();
  app.update({ snapshot });
  showBugThread(app, before);
});
closeOnEscape(app, aside);
aside.setAttribute('aria-label', wording.requests.title);
catchLinks(app);
goToAddress();
listen({
  changed(isShown) {
    if (isShown) void refresh().catch(() => undefined);
    refreshPanel(app);
  },
  connected: (isConnected) => {
    if (app.state.isConnected !== isConnected) app.update({ isConnected });
    if (!isConnected) return;
    void refresh().catch(() => undefined);
    refreshPanel(app);
  },
});
// There may have been changes since the first snapshot.
void refresh().catch(() => undefined);

type Places = { root: HTMLElement; aside: HTMLElement };

function createApp({ root: container, aside: panel }: Places, initial: AppState): App {
  let state = initial;
  let isDue = false;
  const draw = (): void => {
    isDue = false;
    const settle = keepAtEnd(container);
    render(page(created), container);
    panel.hidden = !state.panel.isOpen;
    if (state.panel.isOpen) render(panelView(created), panel);
    settle();
    writeAddress(created);
    saveDrafts(created);
    writeTitle(created);
  };
  const update = (change: Partial<AppState>): void => {
    state = { ...state, ...change };
    if (!isDue) queueMicrotask(draw);
    isDue = true;
  };
  const mark = (busy: string | undefined, isBusy: boolean): void => {
    if (busy === undefined) return;
    const all = new Set(state.busy);
    if (isBusy) all.add(busy);
    else all.delete(busy);
    update({ busy: all });
  };
  const created: App = {
    get state() {
      return state;
    },
    update,
    async act(act, busy) {
      mark(busy, true);
      const answer = await postAct(state.userId, act);
      if (act.do !== 'type') await refresh().catch(() => undefined);
      mark(busy, false);
      if (!answer.ok && act.do !== 'command') notify(created, answer.problem);
      return answer;
    },
  };
  return created;
}

function page(app: App): Child {
  return [
    skipLink(),
    topBar(app),
    guide(app),
    tag(
      app.state.threadTs === null ? 'div.columns' : 'div.columns.with-thread',
      sidebar(app),
      conversation(app),
      thread(app),
    ),
    modal(app),
    dialogs(app),
  ];
}

/** For the keyboard: past the list of things to try, the conversations and the messages. */
function skipLink(): VNode {
  const skip = (event: Event): void => {
    event.preventDefault();
    document.querySelector<HTMLElement>('.composer-field')?.focus();
  };
  return h('a.skip', { key: 'skip', href: '#app', onClick: skip }, wording.skip);
}

function initialState(snapshot: Snapshot): AppState {
  const userId = snapshot.people.find(({ canBePlayed }) => canBePlayed)?.id ?? '';
  const none = new Map<string, never>();
  return {
    snapshot,
    userId,
    channelId: '',
    isHome: false,
    threadTs: null,
    notices: [],
    dialog: null,
    written: readDrafts(),
    searches: none,
    entries: none,
    offers: none,
    busy: new Set(),
    viewTrouble: none,
    trying: null,
    isConnected: true,
    panel: { isOpen: false, requests: [] },
  };
}

function goToAddress(): void {
  const { as, channel, thread: threadTs, isHome } = readAddress(window.location.search);
  const person = app.state.snapshot.people.find(({ name, canBePlayed }) => canBePlayed && name === as);
  if (person !== undefined) app.update({ userId: person.id });
  const wanted = readableChannels(app.state).find((one) => isNamedBy(one, channel));
  app.update({ channelId: wanted?.id ?? firstChannel(app) });
  if (wanted === undefined) return;
  app.update({ threadTs, isHome: isHome && isAppConversation(app.state, wanted) });
}

/** Calls during a run make one more run, and wait for that. */
function oneAtATime(run: () => Promise<void>): () => Promise<void> {
  let last = Promise.resolve();
  let next: Promise<void> | null = null;
  return async () => {
    next ??= last.then(async () => {
      next = null;
      await run();
    });
    last = next.catch(() => undefined);
    return next;
  };
}
