import type { AckFn, RespondArguments } from '@slack/bolt';
import type { MessageContext } from '../../session/context.ts';
import { applyForm, type EffectiveDraft } from '../../session/defaults.ts';
import type { Intent, IntentOf } from '../../session/intent.ts';
import { withDeadline, TooLateError } from '../../store/commit.ts';
import type { Text } from '../../text/index.ts';
import { RefusedError, requirePerson } from '../authority.ts';
import { renderDoubt, renderHelp, renderNotDone, renderProblems, renderRunning } from '../command/help.ts';
import { parseCommand, readMeant } from '../command/parse.ts';
import { withoutCommand } from '../command/subcommands.ts';
import { ACTION } from '../edge/ids.ts';
import type { Command } from '../edge/payload.ts';
import type { Origin } from '../edge/places.ts';
import { acceptOffered, acceptTask, offerForm, type TypedTask } from '../inbox/requests.ts';
import { notice, refusal } from '../views/notices.ts';
import type { Rendered } from '../views/objects.ts';
import { unescape } from '../views/text.ts';
import { SESSION_ANSWERS } from './commands/sessions.ts';
import { EXPLAIN_ANSWERS, SETTINGS_ANSWERS } from './commands/settings.ts';
import { channelOf, durable, type ListenersContext, type OnPress, type Presses } from './context.ts';
import { ownForm } from './forms.ts';
import { openForm } from './open-view.ts';
import { drawHome } from './workspace.ts';

/** A little longer than saving takes, which reports by itself what it couldn't save. */
const ANSWER_TIME = { writeMs: 2700, mayBeWritten: true };

/** A command: typed, said to the app, or run by a button that holds it. */
type CommandCall = Origin & {
  /** Slack's name for this one delivery. */
  deliveryId: string;
  /** As Slack sent it. */
  typed: string;
  /** Opens a view. null: it was said in a message. */
  triggerId: string | null;
};

export type CommandAck = AckFn<string | RespondArguments>;

/** `text`: for the person who runs it. */
export type Invocation = CommandCall & { text: Text };

type Starting = IntentOf<'create' | 'open-form' | 'ask-first' | 'invalid'>;
type Answering = Exclude<Intent, Starting>;

/** One for each sub-command: it saves what is asked for and returns the private answer. null: a job answers. */
export type Answers = {
  [Kind in Answering['kind']]: (
    c: ListenersContext,
    call: Invocation,
    intent: IntentOf<Kind>,
  ) => Promise<Rendered | null>;
};

export async function hearCommand(c: ListenersContext, command: Command, ack: CommandAck): Promise<void> {
  const intent = parseCommand(withoutCommand(command.text.trim(), command.name));
  const { triggerId } = command;
  const call = { ...command, threadTs: null, deliveryId: triggerId, typed: command.text };
  try {
    if (intent.kind === 'open-form') {
      const empty = await offerForm(c, call);
      await ack();
      return await openForm(c, call, empty);
    }
    // Whatever happens after that, a request is on disk, and not lost.
    const answer = isStarting(intent)
      ? await startTyped(c, call, {
          intent,
          typed: `${c.command} ${command.text}`,
          task: { dedupeKey: `command:${triggerId}`, context: null, slackFileIds: [] },
          form: { context: null },
        })
      : await withDeadline(async () => answerCommand(c, call, intent), ANSWER_TIME);
    await ack(answer ?? undefined);
  } catch (error) {
    // Slack has cleared what was typed: the person gets it back before the failure goes to the log.
    const text = await c.textFor(command.userId);
    const { problem, title } = notDone(error, text);
    const told = { command: c.command, typed: command.text, title };
    await ack(renderNotDone([problem], told, text)).catch(() => undefined);
    throw error;
  }
}

/** What a person is told if what they asked for couldn't be done or saved. */
export function notDone(error: unknown, { command }: Text): { title: string; problem: string } {
  return error instanceof TooLateError && error.mayBeWritten ? command.notConfirmed : command.notAnswered;
}

/** Buttons of private notices and Homes: each runs a command, or starts what was asked about. */
export const COMMAND_PRESSES = {
  [ACTION.run]: durable(async (c, press) => {
    const { value, messageTs } = press;
    const intent = parseCommand(value ?? '');
    if (value === null || isStarting(intent)) return;
    const channelId = channelOf(press);
    // One notice runs it once, however often its button is pressed.
    const deliveryId = `${channelId}:${messageTs}:${value}`;
    const call = { ...press, channelId, threadTs: null, deliveryId, typed: value };
    const answered = await answerCommand(c, call, intent);
    // A Home shows what it changed, or why the person may change nothing.
    if (press.view !== null) return drawHome(c, call);
    await c.slack.outbound.settleNotice(press, answered);
  }),
  [ACTION.startAsTask]: starts((draft) => draft),
  [ACTION.startAsMeant]: starts(asMeant),
} satisfies Presses;

function starts(change: (draft: EffectiveDraft) => EffectiveDraft): OnPress {
  return durable(async (c, press) => {
    const form = await ownForm(c, { formId: press.value }, press);
    const isNew = await acceptOffered(c, { ...form, draft: change(form.draft) });
    const { command, modal } = await c.textFor(press.userId);
    const told = isNew ? command.question.started : modal.sentBefore;
    await c.slack.outbound.settleNotice(press, notice([told]));
  });
}

/** A draft with the option that its task probably means. */
function asMeant(draft: EffectiveDraft): EffectiveDraft {
  return applyForm(draft, { ...draft.values, ...readMeant(draft.values.prompt ?? '') });
}

export function isStarting(intent: Intent): intent is Starting {
  return !(intent.kind in ANSWERS);
}

/**
 * null: the request is on disk. If there is a doubt, or the person asked for the same there a moment ago, it resolves with
 * a question instead. If they may not start a session, the request's job tells them why.
 */
export async function startTyped(
  c: ListenersContext,
  origin: Origin,
  {
    intent,
    typed,
    task,
    form,
  }: {
    intent: Exclude<Starting, { kind: 'open-form' }>;
    /** As Slack sent it. */
    typed: string;
    task: TypedTask;
    /** Of the question. */
    form: { id?: string; context: MessageContext | null };
  },
): Promise<Rendered | null> {
  const offered = async () => (await offerForm(c, origin, { ...form, wish: intent })).id;
  if (intent.kind !== 'create') {
    const asking = { command: c.command, typed: unescape(typed), formId: await offered() };
    return renderDoubt(intent, asking, await c.textFor(origin.userId));
  }
  const requestId = await acceptTask(c, origin, { ...task, wish: intent });
  if (requestId === null) return null;
  const session = await c.store.sessions.ofRequest(requestId);
  const another = { actionId: ACTION.startAsTask, formId: await offered() };
  return renderRunning(
    { requestId, url: session?.snapshot.url ?? null, another },
    await c.textFor(origin.userId),
  );
}

/** Everything else has a private answer; null: a job gives it. */
export async function answerCommand(
  c: ListenersContext,
  call: CommandCall,
  intent: Answering,
): Promise<Rendered | null> {
  const text = await c.textFor(call.userId);
  try {
    // Nothing is said about any session, or what they cost, to those who may do nothing here.
    if (intent.kind in SESSION_ANSWERS) await requirePerson(c, call);
    return await answerKind(c, { ...call, text }, { kind: intent.kind, intent });
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    if (intent.kind !== 'say') return notice(error.sentences);
    return refusal({ title: text.thread.notDelivered, problems: error.sentences, typed: intent.text }, text);
  }
}

async function answerKind<Kind extends Answering['kind']>(
  c: ListenersContext,
  call: Invocation,
  { kind, intent }: { kind: Kind; intent: IntentOf<Kind> },
): Promise<Rendered | null> {
  return ANSWERS[kind](c, call, intent);
}

const ANSWERS: Answers = {
  ...SESSION_ANSWERS,
  ...SETTINGS_ANSWERS,
  ...EXPLAIN_ANSWERS,
  misused: async ({ command }, { text, typed }, { problems }) =>
    Promise.resolve(renderNotDone(renderProblems(problems, command, text), { command, typed }, text)),
  help: async ({ command }, { text }, { withOptions }) =>
    Promise.resolve(renderHelp({ command, withOptions }, text)),
};
