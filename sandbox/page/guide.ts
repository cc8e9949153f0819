import { setTimeout } from 'node:timers/promises';
import type { BotProcess } from '../bot-process.ts';
import type { LocalDevin, LocalSession } from '../devin/index.ts';
import type { SeededWorld } from '../seed.ts';
import type { LocalSlack, Message } from '../slack/index.ts';
import type { GuideStep, ShownGuide } from './client/wire.ts';

type GuideOptions = {
  slack: LocalSlack;
  devin: LocalDevin;
  bot: BotProcess;
  world: SeededWorld;
  /** The sessions that existed from the start. */
  seeded: ReadonlySet<string>;
};

export type Guide = {
  shown: () => ShownGuide;
  /** Looks at what has happened; true if the page should show something else than at the last look. */
  look: () => boolean;
  /** The app's starts and ends. Returns how to stop listening. */
  subscribe: (listener: () => void) => () => void;
  /** The step in which the app is killed. */
  kill: () => void;
  close: () => void;
};

/** What was in progress when the app was killed. */
type Kill = { sessions: readonly LocalSession[] };

type Parts = GuideOptions & { kill: () => Kill | null };

/** The things to try, checked off by what the local Slack and Devin have seen. */
export function createGuide(options: GuideOptions): Guide {
  const { devin, bot, world, slack } = options;
  const done = new Set<GuideStep>();
  let kill: Kill | null = null;
  const stop = bot.subscribe(() => {
    if (bot.state().status !== 'ended') return;
    kill = { sessions: devin.sessions.filter(isUnderWay) };
  });
  const parts: Parts = { ...options, kill: () => kill };
  const check = (): void => {
    for (const [step, isTaken] of STEPS) if (!done.has(step) && isTaken(parts)) done.add(step);
  };
  const appNow = (): ShownGuide['app'] => {
    if (bot.state().status !== 'ready') return 'down';
    return kill !== null && hasSurvived(parts) ? 'back' : 'up';
  };
  let looked = '';
  const look = (): boolean => {
    check();
    const before = looked;
    looked = `${done.size} ${appNow()}`;
    return looked !== before;
  };
  const { channelId, root } = world.thread;
  return {
    look,
    subscribe: bot.subscribe,
    kill: () => killAfterCommand(options),
    close: stop,
    shown() {
      check();
      return {
        done: [...done],
        channelId,
        bugTs: root,
        questionTs: questionTs(slack, devin, channelId),
        app: appNow(),
        memberId: world.people.ana,
        approverId: world.people.ben,
        strangerId: world.people.eve,
      };
    },
  };
}

/** How long people see that it is down. */
const DOWN_MS = 3000;

/** Kills the app as soon as it has answered the next command, before it can have done much about it. If it doesn't start, its log says why. */
function killAfterCommand({ slack, bot }: GuideOptions): void {
  const stop = slack.subscribe((change) => {
    if (change.kind !== 'delivery' || change.delivery.kind !== 'command') return;
    stop();
    void (async () => {
      await bot.kill();
      await setTimeout(DOWN_MS);
      await bot.start().catch(() => undefined);
    })();
  });
}

const STEPS: readonly (readonly [GuideStep, (parts: Parts) => boolean])[] = [
  [
    'command',
    ({ devin, seeded }) =>
      devin.sessions.some((one) => !seeded.has(one.id) && isFlaky(one) && hasSpoken(one)),
  ],
  ['thread', hasThreadSession],
  ['answer', ({ devin }) => devin.sessions.some(hasAnswer)],
  ['approve', hasApproved],
  ['kill', hasSurvived],
  ['stranger', hasRefused],
];

const isFlaky = ({ request }: LocalSession): boolean => /\bflaky\b|不安定/i.test(request.prompt);
const isOutdated = ({ request }: LocalSession): boolean => /\boutdated\b|依存関係/i.test(request.prompt);
const hasSpoken = ({ messages }: LocalSession): boolean => messages.some(({ source }) => source === 'devin');

function isUnderWay({ status, statusDetail }: LocalSession): boolean {
  return !['exit', 'error', 'suspended'].includes(status) && statusDetail !== 'finished';
}

/** With the bug in its context. */
function hasThreadSession({ devin, seeded, world: { sample } }: Parts): boolean {
  return devin.sessions.some(
    ({ id, request }) => !seeded.has(id) && request.prompt.includes(sample.talk.bug),
  );
}

function hasAnswer({ messages }: LocalSession): boolean {
  const asked = messages.findIndex(({ source, message }) => source === 'devin' && /[?？]/.test(message));
  return asked !== -1 && messages.slice(asked).some(({ source }) => source === 'user');
}

/** What needs an approval in the demo's policy. */
function hasApproved({ devin, seeded }: Parts): boolean {
  return devin.sessions.some(({ id, request }) => !seeded.has(id) && request.devin_mode === 'ultra');
}

/** The app runs again, started what it had answered before, and each session has one card. */
function hasSurvived({ slack, devin, bot, kill }: Parts): boolean {
  const killed = kill();
  if (killed === null || bot.state().status !== 'ready') return false;
  const started = devin.sessions.filter(isOutdated);
  const all = [...killed.sessions, ...started];
  return started.length > 0 && all.every((session) => cardsOf(slack, session).length === 1);
}

/** The app has told someone without access so, in private or in a form. */
function hasRefused({ slack, world: { people } }: Parts): boolean {
  const outside = new Set([people.eve, people.gus, people.olga]);
  const isTold = ({ ephemeralFor }: Message): boolean => ephemeralFor !== null && outside.has(ephemeralFor);
  return (
    slack.views().some(({ userId }) => outside.has(userId)) ||
    [...slack.channels.keys()].some((channelId) => slack.messages(channelId).some(isTold))
  );
}

function questionTs(slack: LocalSlack, devin: LocalDevin, channelId: string): string | null {
  const asking = devin.sessions.filter(({ statusDetail }) => statusDetail === 'waiting_for_user');
  const card = asking
    .flatMap((session) => cardsOf(slack, session))
    .find((one) => one.channelId === channelId);
  return card === undefined ? null : (card.threadTs ?? card.ts);
}

function cardsOf(slack: LocalSlack, session: LocalSession): Message[] {
  return [...slack.channels.keys()].flatMap((channelId) =>
    slack.messages(channelId).filter((message) => isCardOf(message, session)),
  );
}

function isCardOf({ botId, ephemeralFor, text }: Message, { url }: LocalSession): boolean {
  return botId !== null && ephemeralFor === null && text.includes(url);
}
