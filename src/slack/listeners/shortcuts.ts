import type { App, MessageShortcut } from '@slack/bolt';
import type { MessageContext } from '../../session/context.ts';
import type { FormOpener } from '../form-opener.ts';
import { SHORTCUT_ID } from '../ids.ts';
import type { Asked, Intake } from '../intake.ts';
import { readMessage } from '../messages.ts';
import { placeKindOf } from '../place-kind.ts';

type ShortcutDeps = {
  intake: Intake;
  openForm: FormOpener;
  /** Does not take long, whatever it finds. */
  nameMentions: (text: string) => Promise<string>;
  /** The same. */
  isMember: (userId: string) => Promise<boolean>;
};

export function listenToShortcuts(
  app: App,
  { intake, openForm, nameMentions, isMember }: ShortcutDeps,
): void {
  app.shortcut({ callback_id: SHORTCUT_ID, type: 'message_action' }, async ({ shortcut, ack }) => {
    const context = contextOf(shortcut);
    const { userId, appName, text } = context.picked;
    // What guests, apps and people of elsewhere wrote goes to Devin as material, never as the task.
    const isTheirs = appName === null && userId !== null && (await isMember(userId));
    const draft = isTheirs ? { prompt: await nameMentions(text) } : {};
    const form = await intake.offerForm(askedBy(shortcut, context), draft, context);
    await ack();
    await openForm(shortcut.trigger_id, form);
  });
}

function contextOf(shortcut: MessageShortcut): MessageContext {
  const picked = readMessage(shortcut.message);
  return {
    choice: picked.threadTs === null ? 'message' : 'thread',
    channelId: shortcut.channel.id,
    channelName: shortcut.channel.name,
    picked,
  };
}

/** The card goes into the message's thread, or begins one under it. */
function askedBy(shortcut: MessageShortcut, { picked }: MessageContext): Asked {
  return {
    teamId: shortcut.team?.id ?? shortcut.user.team_id ?? '',
    userId: shortcut.user.id,
    channelId: shortcut.channel.id,
    threadTs: picked.threadTs ?? picked.ts,
    placeKind: placeKindOf(shortcut.channel.name),
    responseUrl: shortcut.response_url,
  };
}
