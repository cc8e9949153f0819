import { killApp, sentence } from './api.ts';
import {
  type App,
  type AppState,
  type Trying,
  isAppConversation,
  notify,
  personOf,
  readableChannels,
} from './app.ts';
import { type Place, write } from './drafts.ts';
import { type Child, h, tag, type VNode } from './h.ts';
import { icon } from './icons.ts';
import { becomePerson, openAppTab, openChannel, openThread } from './places.ts';
import { GUIDE_STEPS, type GuideStep, type ShownGuide } from './wire.ts';
import { wording } from './words.ts';

/** The demo's banner, its list of things to try, and the hints beside what they name. */

const { hints, steps, tasks, become, install, readme } = wording.guide;

/** `who`: whom the person can become with one press for the rest of the step. */
type Hint = { words: string; who?: 'member' | 'approver' };

type Step = {
  go: (app: App, shown: ShownGuide) => void;
  /** Above this composer, once the step is chosen; null: not here. */
  hint: (app: App, shown: ShownGuide, place: Place) => Hint | null;
};

const STEPS: Record<GuideStep, Step> = {
  command: composing('flaky', () => ({ words: hints.command })),
  thread: {
    go(app, shown) {
      becomeMember(app, shown);
      openChannel(app, shown.channelId);
      pointAt(shown.bugTs);
    },
    // It stands beside the message.
    hint: () => null,
  },
  answer: {
    go(app, shown) {
      becomeMember(app, shown);
      if (shown.questionTs === null) openChannel(app, shown.channelId);
      else openThread(app, shown.channelId, shown.questionTs);
    },
    hint: (_app, { questionTs }, { threadTs }) =>
      questionTs !== null && threadTs === questionTs ? { words: hints.answer } : null,
  },
  approve: composing('costly', ({ state }, { approverId }) =>
    state.userId === approverId ? { words: hints.decide } : { words: hints.approve, who: 'approver' },
  ),
  kill: {
    ...composing('killed', () => ({ words: hints.kill })),
    go(app, shown) {
      becomeMember(app, shown);
      killApp().then(
        () => compose(app, shown, tasks.killed),
        (error: unknown) => notify(app, sentence(error)),
      );
    },
  },
  stranger: {
    go(app, shown) {
      becomePerson(app, shown.strangerId);
      compose(app, shown, tasks.refused);
    },
    hint: (_app, _shown, { threadTs }) =>
      threadTs === null ? { words: hints.stranger, who: 'member' } : null,
  },
};

/** A step that begins with a command in the composer. */
function composing(task: keyof typeof tasks, hint: (app: App, shown: ShownGuide) => Hint): Step {
  return {
    go(app, shown) {
      becomeMember(app, shown);
      compose(app, shown, tasks[task]);
    },
    hint: (app, shown, { threadTs }) => (threadTs === null ? hint(app, shown) : null),
  };
}

export function guide(app: App): Child {
  const { guide: shown } = app.state.snapshot;
  if (shown === null) return null;
  const done = GUIDE_STEPS.filter((name) => shown.done.includes(name));
  const [next, ...later] = GUIDE_STEPS.filter((name) => !shown.done.includes(name));
  return h(
    'section.guide',
    { 'aria-label': wording.guide.label },
    tag(
      'div.guide-top',
      tag('p.guide-banner', wording.banner),
      h(
        'a.guide-step.guide-install',
        { href: `/${readme}#:~:text=${encodeURIComponent(install)}`, target: '_blank', rel: 'noopener' },
        install,
      ),
    ),
    tag(
      'div.guide-steps',
      done.length === 0
        ? null
        : h(
            'details.guide-done',
            { key: 'done' },
            tag('summary', wording.guide.progress(done.length, GUIDE_STEPS.length)),
            ...done.map((name) => stepButton(app, shown, name, 'done')),
          ),
      next === undefined ? null : stepButton(app, shown, next, 'next'),
      ...later.map((name) => stepButton(app, shown, name, 'later')),
    ),
  );
}

function stepButton(app: App, shown: ShownGuide, name: GuideStep, when: 'done' | 'next' | 'later'): VNode {
  const choose = (event: Event): void => {
    // On a narrow screen, a part of it may be out of sight.
    if (event.currentTarget instanceof Element)
      event.currentTarget.scrollIntoView({ block: 'nearest', inline: 'center' });
    app.update({ trying: { step: name, wasDone: when === 'done' } });
    STEPS[name].go(app, shown);
  };
  return h(
    `button.guide-step.${when}`,
    {
      key: name,
      type: 'button',
      'aria-current': chosenStep(app) === name ? 'step' : null,
      onClick: choose,
    },
    h(
      'span.guide-mark',
      { 'aria-hidden': 'true' },
      when === 'done' ? icon('check') : String(GUIDE_STEPS.indexOf(name) + 1),
    ),
    steps[name],
  );
}

/** Above a composer: whether the app is down, and what to do there for the chosen step. */
export function hintAt(app: App, place: Place): Child {
  const { guide: shown } = app.state.snapshot;
  if (shown === null) return null;
  const chosen = chosenStep(app);
  const isHere = place.channelId === shown.channelId || isWithApp(app, place);
  const hint = chosen === null || !isHere ? null : STEPS[chosen].hint(app, shown, place);
  return [
    shown.app === 'up'
      ? null
      : h(`p.guide-app.${shown.app}`, { key: 'app', role: 'status' }, wording.guide.app[shown.app]),
    hint === null ? null : hintLine(app, shown, hint),
  ];
}

function hintLine(app: App, shown: ShownGuide, { words, who }: Hint): VNode {
  return h(
    'p.guide-hint',
    { key: 'hint', role: 'status' },
    words,
    who === undefined
      ? null
      : h('button.button', { type: 'button', onClick: () => becomeFor(app, shown, who) }, become[who]),
  );
}

function becomeFor(app: App, shown: ShownGuide, who: 'member' | 'approver'): void {
  becomePerson(app, who === 'member' ? shown.memberId : shown.approverId);
  if (who === 'approver') void openAppTab(app, 'messages');
}

function isWithApp({ state }: App, { channelId }: Place): boolean {
  const channel = state.snapshot.channels.find(({ id }) => id === channelId);
  return channel !== undefined && isAppConversation(state, channel);
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
  // The way back from the person without access is part of that step.
  return shown !== null && (wasDone || step === 'stranger' || !shown.done.includes(step));
}

/** What to do with the ⋯ of this message; null: nothing. */
export function hintAtMessage(app: App, ts: string): string | null {
  const { guide: shown, shortcuts } = app.state.snapshot;
  const isPointedAt = shown?.bugTs === ts && chosenStep(app) === 'thread';
  return isPointedAt ? hints.thread(shortcuts[0]?.name ?? '') : null;
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
  write(app, { channelId, threadTs: null }, text);
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
