import type { AckFn, App, RespondArguments, SlashCommand } from '@slack/bolt';
import type { Intent } from '../../session/intent.ts';
import type { Text } from '../../text/index.ts';
import { notice, refusal } from '../blocks/notices.ts';
import { unescape } from '../blocks/text.ts';
import { renderHelp, renderProblems } from '../command/help.ts';
import { parseCommand } from '../command/parse.ts';
import type { Intake } from '../intake.ts';
import type { FormOpener } from '../form-opener.ts';
import { askedByCommand } from './asked.ts';

type CommandDeps = { command: string; intake: Intake; openForm: FormOpener; text: Text };
type Answer = AckFn<string | RespondArguments>;
type Invalid = Extract<Intent, { kind: 'invalid' }>;

export function listenToCommands(app: App, deps: CommandDeps): void {
  const { command, intake, openForm, text } = deps;

  async function refuse(payload: SlashCommand, { problems, draft }: Invalid, ack: Answer): Promise<void> {
    const form = await intake.offerForm(askedByCommand(payload), draft);
    const typed = `${command} ${unescape(payload.text)}`;
    await ack(
      refusal({ problems: renderProblems(problems, payload.text, text), typed, formId: form.id }, text),
    );
  }

  async function show(payload: SlashCommand, ack: Answer): Promise<void> {
    const form = await intake.offerForm(askedByCommand(payload), {});
    await ack();
    await openForm(payload.trigger_id, form);
  }

  async function answer(payload: SlashCommand, ack: Answer): Promise<void> {
    const intent = parseCommand(payload.text);
    switch (intent.kind) {
      case 'create':
        await intake.acceptCommand(askedByCommand(payload), payload.trigger_id, intent.draft);
        // The request is on disk: whatever happens from here on, it is not lost.
        await ack();
        return;
      case 'open-form':
        await show(payload, ack);
        return;
      case 'help':
        await ack(renderHelp(text, command));
        return;
      case 'invalid':
        await refuse(payload, intent, ack);
        return;
      default:
        await ack(notice([text.command.notYet(intent.kind)]));
    }
  }

  app.command(command, async ({ command: payload, ack }) => {
    try {
      await answer(payload, ack);
    } catch (error) {
      // What was typed is gone from Slack: it goes back to the person, before the failure goes to the log.
      const typed = `${command} ${unescape(payload.text)}`;
      await ack(refusal({ problems: [text.command.notRecorded], typed, formId: null }, text)).catch(
        () => undefined,
      );
      throw error;
    }
  });
}
