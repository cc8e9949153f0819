import type { AckFn, App, RespondArguments, SlashCommand } from '@slack/bolt';
import { SUBCOMMANDS } from '../../session/intent.ts';
import type { Intent, IntentOf } from '../../session/intent.ts';
import { refusal } from '../blocks/notices.ts';
import { unescape } from '../blocks/text.ts';
import { renderHelp, renderProblems } from '../command/help.ts';
import { parseCommand } from '../command/parse.ts';
import type { FormOpener } from '../form-opener.ts';
import type { Intake } from '../intake.ts';
import type { Rendered } from '../blocks/objects.ts';
import { askedByCommand } from './asked.ts';
import { createSessionCommands } from './commands/sessions.ts';
import type { SessionCommandDeps } from './commands/sessions.ts';
import { createSettingsCommands } from './commands/settings.ts';
import type { SettingsCommandDeps } from './commands/settings.ts';

type CommandDeps = SessionCommandDeps & SettingsCommandDeps & { intake: Intake; openForm: FormOpener };
type Answer = AckFn<string | RespondArguments>;
type Starting = IntentOf<'create' | 'open-form' | 'invalid'>;

export function listenToCommands(app: App, deps: CommandDeps): void {
  const { command } = deps;
  const start = createStart(deps);
  const answer = createAnswer(deps);

  app.command(command, async ({ command: payload, ack }) => {
    const intent = parseCommand(payload.text);
    try {
      if (isStarting(intent)) await start(payload, intent, ack);
      else await ack(await answer(payload, intent));
    } catch (error) {
      // What was typed is gone from Slack: the person gets it back before the failure goes to the log.
      await ack(notRecorded(payload, intent, deps)).catch(() => undefined);
      throw error;
    }
  });
}

function notRecorded(payload: SlashCommand, intent: Intent, { command, text }: CommandDeps): Rendered {
  const { notRecorded: unsaved, notAnswered } = text.command;
  const typed = `${command} ${unescape(payload.text)}`;
  return isStarting(intent)
    ? refusal({ problems: [unsaved], typed, formId: null }, text)
    : refusal({ problems: [notAnswered.problem], typed, formId: null, title: notAnswered.title }, text);
}

function isStarting(intent: Intent): intent is Starting {
  return intent.kind === 'create' || intent.kind === 'open-form' || intent.kind === 'invalid';
}

/** A task, or what was meant to be one. */
function createStart({ command, intake, openForm, text }: CommandDeps) {
  return async (payload: SlashCommand, intent: Starting, ack: Answer): Promise<void> => {
    const asked = askedByCommand(payload);
    if (intent.kind === 'create') {
      await intake.acceptCommand(asked, payload.trigger_id, intent.draft);
      // The request is on disk: whatever happens from here on, it is not lost.
      await ack();
      return;
    }
    const form = await intake.offerForm(asked, intent.kind === 'invalid' ? intent.draft : {});
    if (intent.kind === 'open-form') {
      await ack();
      await openForm(payload.trigger_id, form);
      return;
    }
    const problems = renderProblems(intent.problems, { typed: payload.text, where: 'task' }, text);
    const typed = `${command} ${unescape(payload.text)}`;
    await ack(refusal({ problems, typed, formId: form.id }, text));
  };
}

/** Everything else has a private answer. */
function createAnswer(deps: CommandDeps) {
  const sessions = createSessionCommands(deps);
  const settings = createSettingsCommands(deps);
  return async (payload: SlashCommand, intent: Exclude<Intent, Starting>): Promise<Rendered> => {
    switch (intent.kind) {
      case 'help':
        return renderHelp(deps.text, deps.command, SUBCOMMANDS);
      case 'list':
        return sessions.list(payload, intent);
      case 'status':
        return sessions.status(payload, intent);
      case 'stop':
      case 'archive':
        return sessions.steer(payload, intent);
      case 'follow':
        return sessions.follow(payload, intent);
      case 'say':
        return sessions.say(payload, intent);
      case 'link':
        return sessions.link(payload, intent);
      case 'defaults':
        return settings.show(payload);
      case 'set-defaults':
        return settings.set(payload, intent);
      case 'clear-defaults':
        return settings.clear(payload, intent);
      case 'notify':
        if (intent.session === null) return settings.notify(payload, intent);
        return sessions.notify(payload, { ...intent, session: intent.session });
      case 'steer':
        return settings.steer(payload, intent);
      case 'web-messages':
        return settings.webMessages(payload, intent);
    }
  };
}
