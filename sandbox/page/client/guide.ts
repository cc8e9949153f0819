import { postControl, sentence } from './api.ts';
import { type App, type AppState, type Trying, personOf, readableChannels } from './app.ts';
import { write } from './drafts.ts';
import { GUIDE_STEPS, type GuideStep } from './guide-steps.ts';
import { h, type Child, type VNode } from './h.ts';
import { icon } from './icons.ts';
import { becomePerson, openChannel, openThread } from './places.ts';
import type { ShownGuide } from './wire.ts';
import { wording } from './words.ts';

/** The demo's banner and its list of things to try. */

const { hints, steps, tasks } = wording.guide;

type Step = {
  /** What to do next, once it is chosen. */
  hint: (app: App, shown: ShownGuide) => string;
  go: (app: App, shown: ShownGuide) => void;
};

const STEPS: Record<GuideStep, Step> = {
  command: {
    hint: () => hints.command,
    go(app, shown) {
      becomeMember(app, shown);
      compose(app, shown, tasks.flaky);
    },
  },
  thread: {
    hint: ({ state }) => hints.thread(state.snapshot.shortcuts[0]?.name ?? ''),
    go(app, shown) {
      becomeMember(app, shown);
      openChannel(app, shown.channelId);
      pointAt(shown.bugTs);
    },
  },
  answer: {
    hint: (_app, { questionTs }) => (questionTs === null ? hints.noQuestion : hints.answer),
    go(app, shown) {
      becomeMember(app, shown);
      if (shown.questionTs !== null) openThread(app, shown.channelId, shown.questionTs);
    },
  },
  approve: {
    hint: () => hints.approve,
    go(app, shown) {
      becomeMember(app, shown);
      compose(app, shown, tasks.costly);
    },
  },
  kill: {
    hint: () => hints.kill,
    go(app, shown) {
      becomeMember(app, shown);
      openChannel(app, shown.channelId);
      postControl({ do: 'restart-bot' }).catch((error: unknown) => app.update({ toast: sentence(error) }));
    },
  },
  stranger: {
    hint: () => hints.stranger,
    go(app, shown) {
      becomePerson(app, shown.strangerId);
      compose(app, shown, tasks.refused);
    },
  },
};

export function guide(app: App): Child {
  const { guide: shown } = app.state.snapshot;
  if (shown === null) return null;
  const current = chosenStep(app);
  return h(
    'section.guide',
    { 'aria-label': wording.guide.label },
    h(
      'div.guide-top',
      {},
      h('p.guide-banner', {}, wording.banner),
      h(
        'button.guide-step.guide-install',
        { type: 'button', onClick: () => app.update({ dialog: { kind: 'install' } }) },
        wording.install.title,
      ),
    ),
    h(
      'ol.guide-steps',
      {},
      GUIDE_STEPS.map((name, at) => stepItem({ app, shown, name, number: at + 1 })),
    ),
    h('p.guide-hint', { role: 'status' }, current === null ? '' : STEPS[current].hint(app, shown)),
  );
}

type Item = { app: App; shown: ShownGuide; name: GuideStep; number: number };

function stepItem({ app, shown, name, number }: Item): VNode {
  const { go } = STEPS[name];
  const isDone = shown.done.includes(name);
  const choose = (event: Event): void => {
    event.stopPropagation();
    // On a narrow screen, a part of it may be out of sight.
    if (event.currentTarget instanceof Element)
      event.currentTarget.scrollIntoView({ block: 'nearest', inline: 'center' });
    app.update({ trying: { step: name, wasDone: isDone }, menu: null });
    go(app, shown);
  };
  return h(
    'li',
    { key: name },
    h(
      isDone ? 'button.guide-step.done' : 'button.guide-step',
      { type: 'button', 'aria-current': chosenStep(app) === name ? 'step' : null, onClick: choose },
      h('span.guide-mark', { 'aria-hidden': 'true' }, isDone ? icon('check') : String(number)),
      steps[name],
      isDone ? h('span.sr-only', {}, wording.guide.done) : null,
    ),
  );
}

/** Until it is done. */
function chosenStep({ state }: Pick<App, 'state'>): GuideStep | null {
  const { trying, snapshot } = state;
  return trying !== null && isOpen(trying, snapshot.guide) ? trying.step : null;
}

/** Once the bug has a session: its card is in the thread, which may not be open. */
export function showBugThread(app: App, before: AppState): void {
  const { channelId, snapshot } = app.state;
  const isTaken = chosenStep({ state: before }) === 'thread' && chosenStep(app) === null;
  const { guide: shown } = snapshot;
  if (isTaken && channelId === shown?.channelId) openThread(app, channelId, shown.bugTs);
}

function isOpen({ step, wasDone }: Trying, shown: ShownGuide | null): boolean {
  return shown !== null && (wasDone || !shown.done.includes(step));
}

/** Whether the list of things to try points at the ⋯ of this message. */
export function isPointedAt(app: App, ts: string): boolean {
  return app.state.snapshot.guide?.bugTs === ts && chosenStep(app) === 'thread';
}

/** A person without access could not take the step. */
function becomeMember(app: App, { memberId, channelId }: ShownGuide): void {
  const role = personOf(app.state, app.state.userId)?.role;
  const canStart = role === 'admin' || role === 'member';
  const isThere = readableChannels(app.state).some(({ id }) => id === channelId);
  if (!canStart || !isThere) becomePerson(app, memberId);
}

function compose(app: App, { channelId }: ShownGuide, task: string): void {
  const text = `${app.state.snapshot.commands[0]?.name ?? ''} ${task}`;
  openChannel(app, channelId);
  write(app, { channelId, threadTs: null }, { text });
  queueMicrotask(() => {
    const field = document.querySelector<HTMLTextAreaElement>('.channel textarea');
    field?.focus();
    field?.setSelectionRange(text.length, text.length);
  });
}

function pointAt(ts: string): void {
  queueMicrotask(() => {
    const item = document.querySelector(`.channel [data-ts="${CSS.escape(ts)}"]`);
    item?.scrollIntoView({ block: 'center' });
    item?.querySelector<HTMLElement>('.menu-wrap:last-child .icon-button')?.focus({ preventScroll: true });
  });
}
