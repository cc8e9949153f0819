import type { AckFn, App, RespondArguments, SlashCommand } from '@slack/bolt';
import { faultsOf } from '../../session/failure.ts';
import type { Intent, IntentOf, Wish } from '../../session/intent.ts';
import { inTime, TooLateError } from '../../store/commit.ts';
import type { Forms } from '../../store/forms.ts';
import type { SessionRequest } from '../../store/request-row.ts';
import type { Text } from '../../text/index.ts';
import { notice, refusal } from '../blocks/notices.ts';
import type { Rendered } from '../blocks/objects.ts';
import { renderQuestion, renderRunning } from '../blocks/offer.ts';
import { unescape } from '../blocks/text.ts';
import { renderHelp, renderProblems, usageOf } from '../command/help.ts';
import { parseCommand } from '../command/parse.ts';
import { ACTION, RUN_ACTION } from '../ids.ts';
import type { Asked, Intake } from '../intake.ts';
import type { Outbound } from '../outbound.ts';
import type { TextFor } from '../text-for.ts';
import type { FormOpener } from '../view-opener.ts';
import { askedByButton, askedByCommand } from './asked.ts';
import type { Ask } from './asked.ts';
import { createWhoamiCommand, createWhyCommand } from './commands/explain.ts';
import type { WhoamiDeps, WhyDeps } from './commands/explain.ts';
import { createSessionCommands } from './commands/sessions.ts';
import type { SessionCommandDeps } from './commands/sessions.ts';
import { createSettingsCommands } from './commands/settings.ts';
import type { SettingsCommandDeps } from './commands/settings.ts';
import { onDurableButton, privatePlace } from './press.ts';

/** A little longer than writing takes: what was not written says so itself. */
const ANSWER_TIME = { writeMs: 2700, mayBeWritten: true };

type CommandDeps = SessionCommandDeps &
  SettingsCommandDeps &
  WhyDeps &
  WhoamiDeps & {
    intake: Intake;
    forms: Pick<Forms, 'find'>;
    /** Off where the organization enforces its own tags. */
    tagRequests: boolean;
    openForm: FormOpener;
    outbound: Pick<Outbound, 'settleNotice'>;
    textFor: TextFor;
  };
type Answer = AckFn<string | RespondArguments>;
type Starting = IntentOf<'create' | 'open-form' | 'ask-first' | 'invalid'>;
type Answering = Exclude<Intent, Starting>;
/** null: the answer follows. */
type Answerer = (asked: Omit<Ask, 'text'>, intent: Answering) => Promise<Rendered | null>;

export function listenToCommands(app: App, deps: CommandDeps): void {
  const start = createStart(deps);
  const answer = createAnswer(deps);

  app.command(deps.command, async ({ command: payload, ack }) => {
    const intent = parseCommand(payload.text, { ownTag: deps.tagRequests });
    try {
      if (isStarting(intent)) await start(payload, intent, ack);
      else
        await ack(
          (await inTime(async () => answer(askedByCommand(payload), intent), ANSWER_TIME)) ?? undefined,
        );
    } catch (error) {
      // What was typed is gone from Slack: the person gets it back before the failure goes to the log.
      await ack(await notRecorded({ payload, intent, error }, deps)).catch(() => undefined);
      throw error;
    }
  });

  listenToChoices(app, deps, answer);
}

/** Buttons of private notices: each is a command, or starts what was asked about. */
function listenToChoices(
  app: App,
  { forms, intake, outbound, tagRequests, textFor }: CommandDeps,
  answer: Answerer,
): void {
  onDurableButton(app, RUN_ACTION, async ({ body, action }) => {
    const ask = askedByButton(body, action.value ?? '');
    const intent = parseCommand(ask.typed, { ownTag: tagRequests });
    if (isStarting(intent)) return;
    const follows = notice([(await textFor(ask.userId)).usage.follows]);
    await outbound.settleNotice(privatePlace(body), (await answer(ask, intent)) ?? follows);
  });

  onDurableButton(app, ACTION.startAsTask, async ({ body, action }) => {
    const form = await forms.find(action.value ?? '');
    const isTheirs = form !== null && form.userId === body.user.id && form.teamId === body.user.team_id;
    if (isTheirs) await intake.acceptOffered(form);
    const { started, gone } = (await textFor(body.user.id)).command.question;
    await outbound.settleNotice(privatePlace(body), notice([isTheirs ? started : gone]));
  });
}

type Unrecorded = { payload: SlashCommand; intent: Intent; error: unknown };

async function notRecorded(
  { payload, intent, error }: Unrecorded,
  { command, textFor }: CommandDeps,
): Promise<Rendered> {
  const text = await textFor(payload.user_id);
  const typed = `${command} ${unescape(payload.text)}`;
  const { problem, title } = problemOf(intent, error, text);
  return refusal({ problems: [problem], typed, formId: null, ...(title !== undefined && { title }) }, text);
}

function problemOf(intent: Intent, error: unknown, text: Text): { problem: string; title?: string } {
  const { notRecorded: unsaved, notAnswered, notConfirmed } = text.command;
  if (error instanceof TooLateError && error.mayBeWritten) return notConfirmed;
  return isStarting(intent) ? { problem: unsaved } : notAnswered;
}

const STARTING: ReadonlySet<Intent['kind']> = new Set(['create', 'open-form', 'ask-first', 'invalid']);

function isStarting(intent: Intent): intent is Starting {
  return STARTING.has(intent.kind);
}

/** A task, or what was meant to be one. */
function createStart({ command, intake, sessions, openForm, textFor }: CommandDeps) {
  async function alreadyRunning(
    asked: Asked,
    wish: Wish,
    { id: requestId }: SessionRequest,
  ): Promise<Rendered> {
    const session = await sessions.ofRequest(requestId);
    const { id: formId } = await intake.offerCorrection(asked, wish);
    const another = { actionId: ACTION.startAsTask, formId };
    const running = { requestId, url: session?.url ?? null, another };
    return renderRunning(running, await textFor(asked.userId));
  }

  return async (payload: SlashCommand, intent: Starting, ack: Answer): Promise<void> => {
    const asked = askedByCommand(payload);
    if (intent.kind === 'create') {
      const twin = await intake.acceptCommand(asked, payload.trigger_id, intent);
      // The request is on disk: whatever happens from here on, it is not lost.
      await (twin === null ? ack() : ack(await alreadyRunning(asked, intent, twin)));
      return;
    }
    if (intent.kind === 'open-form') {
      const empty = await intake.offerForm(asked, {});
      await ack();
      await openForm(payload.trigger_id, empty);
      return;
    }
    const faults = intent.kind === 'invalid' ? faultsOf(intent.problems) : {};
    const { id: formId } = await intake.offerCorrection(asked, intent, faults);
    const typed = `${command} ${unescape(payload.text)}`;
    const text = await textFor(asked.userId);
    if (intent.kind === 'ask-first') {
      const usage = intent.about && usageOf(intent.about, text);
      await ack(renderQuestion({ command, typed, formId, meant: intent.meant, usage }, text));
      return;
    }
    await ack(refusal({ problems: renderProblems(intent.problems, 'task', text), typed, formId }, text));
  };
}

/** Everything else has a private answer. */
function createAnswer(deps: CommandDeps): Answerer {
  const sessions = createSessionCommands(deps);
  const settings = createSettingsCommands(deps);
  const why = createWhyCommand(deps);
  const whoami = createWhoamiCommand(deps);
  return async (asked, intent) => {
    const ask: Ask = { ...asked, text: await deps.textFor(asked.userId) };
    switch (intent.kind) {
      case 'help':
        return renderHelp({ command: deps.command, topic: intent.topic }, ask.text);
      case 'list':
        return sessions.list(ask, intent);
      case 'pick':
        return sessions.pick(ask, intent);
      case 'status':
        return sessions.status(ask, intent);
      case 'stop':
      case 'archive':
        return sessions.steer(ask, intent);
      case 'why':
        return why(ask, intent);
      case 'whoami':
        return whoami(ask, intent);
      case 'usage':
        await deps.steering.showUsage(ask, intent);
        return null;
      case 'follow':
        return sessions.follow(ask, intent);
      case 'say':
        return sessions.say(ask, intent);
      case 'link':
        return sessions.link(ask, intent);
      case 'defaults':
        return settings.show(ask);
      case 'set-defaults':
        return settings.set(ask, intent);
      case 'clear-defaults':
        return settings.clear(ask, intent);
      case 'show-setting':
        return settings.showSetting(ask, intent);
      case 'notify':
        if (intent.session === null) return settings.notify(ask, intent);
        return sessions.notify(ask, { ...intent, session: intent.session });
      case 'language':
        return settings.language(ask, intent);
      case 'steer':
        return settings.steer(ask, intent);
      case 'listen':
        return settings.listen(ask, intent);
      case 'web-messages':
        return settings.webMessages(ask, intent);
    }
  };
}
