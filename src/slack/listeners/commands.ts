import type { App } from '@slack/bolt';
import type { EffectiveDraft } from '../../session/defaults.ts';
import type { Intent, IntentKind, IntentOf, Wish } from '../../session/intent.ts';
import { withDeadline, TooLateError } from '../../store/commit.ts';
import type { Text } from '../../text/index.ts';
import { scan } from '../command/flags.ts';
import { renderDoubt, renderHelp, renderMisused } from '../command/help.ts';
import { credentialDoubt, parseCommand, withoutOptions } from '../command/parse.ts';
import { withoutCommand } from '../command/tokens.ts';
import { readValues } from '../command/values.ts';
import { ACTION, homeMetadata, meantOption, RUN_ACTION } from '../edge/ids.ts';
import type { Press } from '../edge/interaction-payload.ts';
import type { Command } from '../edge/payload.ts';
import type { Origin } from '../edge/places.ts';
import { notice, refusal } from '../views/notices.ts';
import type { Rendered } from '../views/objects.ts';
import { renderRunning } from '../views/offer.ts';
import { unescape } from '../views/text.ts';
import { createExplainCommands, type ExplainCommandDeps } from './commands/explain.ts';
import { createSessionCommands, type SessionCommandDeps } from './commands/sessions.ts';
import { createSettingsCommands, type SettingsCommandDeps } from './commands/settings.ts';
import { findOwnForm } from './forms.ts';
import { onCommand, onDurableButton, type CommandAck } from './routes.ts';
import type { Tools } from './tools.ts';

/** A little longer than saving takes, which reports by itself what it couldn't save. */
const ANSWER_TIME = { writeMs: 2700, mayBeWritten: true };

/** A command: typed, said to the app, or run by a button that holds it. */
type Call = Origin & {
  /** Slack's name for this one delivery. */
  deliveryId: string;
  /** As Slack sent it. */
  typed: string;
  /** Opens a view. null: it was said in a message. */
  triggerId: string | null;
};

/** `text`: for the person who runs it. */
export type Invocation = Call & { text: Text };

type CommandDeps = SessionCommandDeps &
  SettingsCommandDeps &
  ExplainCommandDeps &
  Pick<Tools, 'inbox' | 'formInbox' | 'drawHome' | 'forms' | 'tagRequests' | 'openForm' | 'outbound' | 'log'>;

type StartingKind = 'create' | 'open-form' | 'ask-first' | 'invalid';
type Starting = IntentOf<StartingKind>;
type Answering = IntentOf<Exclude<IntentKind, StartingKind>>;

/** One for each sub-command: it saves what is asked for and returns the private answer. null: a job answers. */
export type Answers = {
  [Kind in Answering['kind']]: (call: Invocation, intent: IntentOf<Kind>) => Promise<Rendered | null>;
};
export type AnswerCommand = (call: Call, intent: Answering) => Promise<Rendered | null>;

export function listenToCommands(app: App, deps: CommandDeps, answer: AnswerCommand): void {
  const start = createStart(deps);

  onCommand(app, async (command, ack) => {
    if (command.name !== deps.command) return ack(await misnamed(command, deps));
    const intent = parseCommand(withoutCommand(command.text.trim(), command.name), {
      ownTag: deps.tagRequests,
    });
    try {
      if (isStarting(intent)) await start(command, intent, ack);
      else
        await ack(
          (await withDeadline(async () => answer(typedCall(command), intent), ANSWER_TIME)) ?? undefined,
        );
    } catch (error) {
      // Slack has cleared what was typed: the person gets it back before the failure goes to the log.
      await ack(await notRecorded({ command, intent, error }, deps)).catch(() => undefined);
      throw error;
    }
  });

  listenToChoices(app, deps, answer);
}

function typedCall(command: Command): Call {
  const { teamId, userId, channelId, placeKind, responseUrl, triggerId, text: typed } = command;
  const deliveryId = triggerId;
  return { teamId, userId, channelId, threadTs: null, placeKind, responseUrl, deliveryId, typed, triggerId };
}

/** One notice runs it once, however often its button is pressed. null: nobody can tell where that was. */
function pressedCall(press: Press, typed: string): Call | null {
  const { teamId, userId, placeKind, messageTs, responseUrl, triggerId, view } = press;
  // In a Home: the person's conversation with the app.
  const channelId = view === null ? press.channelId : homeMetadata.read(view.metadata).channelId;
  if (channelId === null) return null;
  const deliveryId = `${channelId}:${messageTs}:${typed}`;
  return { teamId, userId, channelId, threadTs: null, placeKind, responseUrl, deliveryId, typed, triggerId };
}

/** Buttons of private notices and Homes: each runs a command, or starts what was asked about. */
function listenToChoices(
  app: App,
  { command, forms, inbox, outbound, drawHome, tagRequests, textFor }: CommandDeps,
  answer: AnswerCommand,
): void {
  onDurableButton(app, RUN_ACTION, async (press) => {
    const call = press.value === null ? null : pressedCall(press, press.value);
    if (call === null) return;
    const intent = parseCommand(call.typed, { ownTag: tagRequests });
    if (isStarting(intent)) return;
    const answered = await answer(call, intent);
    // A Home shows what it changed, or why the person may change nothing.
    if (press.view !== null) return drawHome(call);
    await outbound.settleNotice(press, answered);
  });

  /** `meant`: see meantOption. */
  async function startOffered(press: Press, formId: string, meant: Meant | null, withCredential = false) {
    const form = await findOwnForm(forms, { formId }, press);
    const text = await textFor(press.userId);
    const { started, gone, invalidNow } = text.command.question;
    if (form === null) return notice([gone]);
    const draft = meant === null ? form.draft : withMeant(form.draft, meant);
    const { values } = draft;
    // Its message was edited or deleted, or nothing but an option was typed.
    if (values.prompt === undefined || Object.keys(form.faults ?? {}).length > 0)
      return refusal({ problems: [invalidNow], typed: null, formId: form.id }, text);
    const doubt = withCredential ? null : credentialDoubt({ draft: values, reset: [] });
    if (doubt !== null) {
      const asked = { kind: 'ask-first', doubt, draft: values, reset: [] } as const;
      return renderDoubt({ ...asked, reset: [] }, { command, typed: values.prompt, formId: form.id }, text);
    }
    return notice([(await inbox.acceptOffered({ ...form, draft })) ? started : text.modal.sentBefore]);
  }

  onDurableButton(app, ACTION.startAsTask, async (press) =>
    outbound.settleNotice(press, await startOffered(press, press.value ?? '', null)),
  );
  onDurableButton(app, ACTION.startAsMeant, async (press) => {
    const { formId, ...meant } = meantOption.read(press.value ?? '');
    return outbound.settleNotice(press, await startOffered(press, formId, meant));
  });
  onDurableButton(app, ACTION.startWithCredential, async (press) =>
    outbound.settleNotice(press, await startOffered(press, press.value ?? '', null, true)),
  );
}

type Meant = Omit<ReturnType<typeof meantOption.read>, 'formId'>;

function withMeant({ values, sources, ...draft }: EffectiveDraft, { typed, meant }: Meant): EffectiveDraft {
  const { draft: options } = readValues(scan(meant).given);
  const prompt = withoutOptions(values.prompt ?? '', typed);
  const theirs = Object.fromEntries(Object.keys(options).map((key) => [key, 'request' as const]));
  const { prompt: _typed, ...rest } = values;
  return {
    ...draft,
    values: { ...rest, ...options, ...(prompt !== '' && { prompt }) },
    sources: { ...sources, ...theirs },
  };
}

/** Slack's manifest has another name than the settings. */
async function misnamed(command: Command, { command: name, textFor, log }: CommandDeps): Promise<Rendered> {
  log.warn({ command: command.name }, `Slack sent another command than ${name}: check SLACK_COMMAND`);
  const text = await textFor(command.userId);
  const problems = [text.command.misnamed(command.name, name)];
  return refusal({ problems, typed: `${name} ${unescape(command.text)}`, formId: null }, text);
}

async function notRecorded(
  { command, intent, error }: { command: Command; intent: Intent; error: unknown },
  { command: name, textFor }: CommandDeps,
): Promise<Rendered> {
  const text = await textFor(command.userId);
  const typed = `${name} ${unescape(command.text)}`;
  const { problem, title } = problemOf(intent, error, text);
  return refusal({ problems: [problem], typed, formId: null, ...(title !== undefined && { title }) }, text);
}

function problemOf(intent: Intent, error: unknown, text: Text): { problem: string; title?: string } {
  const { notRecorded: unsaved, notAnswered, notConfirmed } = text.command;
  if (error instanceof TooLateError && error.mayBeWritten) return notConfirmed;
  return isStarting(intent) ? { problem: unsaved } : notAnswered;
}

const STARTING: ReadonlySet<IntentKind> = new Set<StartingKind>([
  'create',
  'open-form',
  'ask-first',
  'invalid',
]);

export function isStarting(intent: Intent): intent is Starting {
  return STARTING.has(intent.kind);
}

/** A task, or what was meant to be one. */
function createStart({ command: name, inbox, formInbox, sessions, openForm, textFor }: CommandDeps) {
  async function alreadyRunning(origin: Origin, wish: Wish, requestId: string): Promise<Rendered> {
    const session = await sessions.ofRequest(requestId);
    const { id: formId } = await formInbox.offerForm(origin, wish);
    const another = { actionId: ACTION.startAsTask, formId };
    const running = { requestId, url: session?.url ?? null, another };
    return renderRunning(running, await textFor(origin.userId));
  }

  return async (command: Command, intent: Starting, ack: CommandAck): Promise<void> => {
    const origin = typedCall(command);
    if (intent.kind === 'create') {
      const twinId = await inbox.acceptCommand(origin, command.triggerId, intent);
      // The request is on disk: whatever happens from here on, it is not lost.
      await (twinId === null ? ack() : ack(await alreadyRunning(origin, intent, twinId)));
      return;
    }
    if (intent.kind === 'open-form') {
      const empty = await formInbox.offerForm(origin);
      await ack();
      await openForm({ ...origin, triggerId: command.triggerId }, empty);
      return;
    }
    const { id: formId } = await formInbox.offerForm(origin, intent);
    const typed = `${name} ${unescape(command.text)}`;
    await ack(renderDoubt(intent, { command: name, typed, formId }, await textFor(command.userId)));
  };
}

/** Everything else has a private answer. */
export function createAnswer(deps: CommandDeps): AnswerCommand {
  const { acts } = deps;
  const answers: Answers = {
    ...createSessionCommands(deps),
    ...createSettingsCommands(deps),
    ...createExplainCommands(deps),
    misused: async ({ text, typed }, { name }) => renderMisused(name, { command: deps.command, typed }, text),
    help: async ({ text }, { topic }) => renderHelp({ command: deps.command, topic }, text),
    usage: async (call, { scope, by, days }) => {
      const refusal = await deps.authority.personRefusal(call);
      if (refusal !== null) return notice([refusal]);
      await acts.showUsage(call, { teamId: call.teamId, scope, by, days });
      return null;
    },
  };
  async function run<Kind extends keyof Answers>(kind: Kind, call: Invocation, intent: IntentOf<Kind>) {
    return answers[kind](call, intent);
  }
  return async (call, intent) => run(intent.kind, { ...call, text: await deps.textFor(call.userId) }, intent);
}
