import type { AckFn, RespondArguments } from '@slack/bolt';
import type { MessageContext } from '../../session/context.ts';
import { applyForm, type EffectiveDraft } from '../../session/defaults.ts';
import type { Intent, IntentKind, IntentOf } from '../../session/intent.ts';
import { withDeadline, TooLateError } from '../../store/commit.ts';
import type { Text } from '../../text/index.ts';
import { personRefusal } from '../authority.ts';
import { renderDoubt, renderHelp, renderNotDone, USAGE } from '../command/help.ts';
import { parseCommand, readMeant } from '../command/parse.ts';
import { withoutCommand } from '../command/subcommands.ts';
import { ACTION, homeMetadata } from '../edge/ids.ts';
import type { Command, Press } from '../edge/payload.ts';
import type { Origin } from '../edge/places.ts';
import { acceptOffered, acceptTask, offerForm, type TypedTask } from '../inbox/requests.ts';
import { notice } from '../views/notices.ts';
import type { Rendered } from '../views/objects.ts';
import { renderRunning } from '../views/offer.ts';
import { code, unescape } from '../views/text.ts';
import { SESSION_ANSWERS } from './commands/sessions.ts';
import { EXPLAIN_ANSWERS, SETTINGS_ANSWERS } from './commands/settings.ts';
import { durable, type ListenersContext, type OnPress, type Presses } from './context.ts';
import { findOwnForm } from './forms.ts';
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
  const typed = withoutCommand(command.text.trim(), command.name);
  const intent = parseCommand(typed);
  try {
    if (isStarting(intent)) return await start(c, { command, intent }, ack);
    const answering = withDeadline(async () => answerCommand(c, typedCall(command), intent), ANSWER_TIME);
    await ack((await answering) ?? undefined);
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

function typedCall(command: Command): CommandCall {
  return { ...command, threadTs: null, deliveryId: command.triggerId, typed: command.text };
}

/** One notice runs it once, however often its button is pressed. null: nobody can tell where that was. */
function pressedCall(press: Press, typed: string): CommandCall | null {
  const { messageTs, view } = press;
  // In a Home: the person's conversation with the app.
  const channelId = view === null ? press.channelId : homeMetadata.read(view.metadata).channelId;
  if (channelId === null) return null;
  return { ...press, channelId, threadTs: null, deliveryId: `${channelId}:${messageTs}:${typed}`, typed };
}

/** Buttons of private notices and Homes: each runs a command, or starts what was asked about. */
export const COMMAND_PRESSES = {
  [ACTION.run]: durable(async (c, press) => {
    const call = press.value === null ? null : pressedCall(press, press.value);
    if (call === null) return;
    const intent = parseCommand(call.typed);
    if (isStarting(intent)) return;
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
    const form = await findOwnForm(c, { formId: press.value ?? '' }, press);
    const { command, modal } = await c.textFor(press.userId);
    const { started, gone } = command.question;
    if (form === null) return c.slack.outbound.settleNotice(press, notice([gone]));
    const isNew = await acceptOffered(c, { ...form, draft: change(form.draft) });
    return c.slack.outbound.settleNotice(press, notice([isNew ? started : modal.sentBefore]));
  });
}

/** A draft with the option that its task probably means. */
function asMeant(draft: EffectiveDraft): EffectiveDraft {
  return applyForm(draft, { ...draft.values, ...readMeant(draft.values.prompt ?? '') });
}

export function isStarting(intent: Intent): intent is Starting {
  return !(intent.kind in ANSWERS);
}

/** A task, or what was meant to be one. */
async function start(
  c: ListenersContext,
  { command, intent }: { command: Command; intent: Starting },
  ack: CommandAck,
): Promise<void> {
  const origin = typedCall(command);
  if (intent.kind === 'open-form') {
    const empty = await offerForm(c, origin);
    await ack();
    await openForm(c, { ...origin, triggerId: command.triggerId }, empty);
    return;
  }
  const task = { dedupeKey: `command:${command.triggerId}`, context: null, slackFileIds: [] };
  const typed = `${c.command} ${command.text}`;
  const asked = await startTyped(c, origin, { intent, typed, task, form: { context: null } });
  // A request is on disk: whatever happens from here on, it is not lost.
  await ack(asked ?? undefined);
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
  return renderRunning({ requestId, url: session?.url ?? null, another }, await c.textFor(origin.userId));
}

/** Everything else has a private answer; null: a job gives it. */
export async function answerCommand(
  c: ListenersContext,
  call: CommandCall,
  intent: Answering,
): Promise<Rendered | null> {
  const refusal = FOR_MEMBERS.has(intent.kind) ? await personRefusal(c, call) : null;
  if (refusal !== null) return notice([refusal]);
  return answerKind(c, { ...call, text: await c.textFor(call.userId) }, { kind: intent.kind, intent });
}

/** Nothing is said about any session, or what they cost, to those who may do nothing here. The others check by themselves. */
const FOR_MEMBERS: ReadonlySet<IntentKind> = new Set<IntentKind>([
  'list',
  'pick',
  'status',
  'stop',
  'archive',
  'follow',
  'usage',
]);

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
  misused: async ({ command }, { text, typed }, { name }) =>
    Promise.resolve(
      renderNotDone(
        [text.command.question.incomplete(code(`${command} ${USAGE[name]}`))],
        { command, typed },
        text,
      ),
    ),
  help: async ({ command }, { text }, { topic }) => Promise.resolve(renderHelp({ command, topic }, text)),
};
