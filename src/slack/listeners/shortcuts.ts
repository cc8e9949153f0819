import type { App, MessageShortcut } from '@slack/bolt';
import type { MessageContext } from '../../session/context.ts';
import type { SessionRow, Sessions } from '../../store/sessions.ts';
import { renderRunning } from '../blocks/offer.ts';
import { isOver } from '../card-actions.ts';
import { ACTION, SHORTCUT_ID } from '../ids.ts';
import type { Asked, Intake } from '../intake.ts';
import { readMessage } from '../messages.ts';
import type { Outbound } from '../outbound.ts';
import { placeKindOf } from '../places.ts';
import type { TextFor } from '../text-for.ts';
import type { FormOpener } from '../view-opener.ts';

type ShortcutDeps = {
  intake: Intake;
  sessions: Pick<Sessions, 'inThread'>;
  outbound: Pick<Outbound, 'tellPrivately'>;
  openForm: FormOpener;
  /** Does not take long, whatever it finds. */
  nameMentions: (text: string) => Promise<string>;
  /** The same. */
  isMember: (userId: string) => Promise<boolean>;
  textFor: TextFor;
};

export function listenToShortcuts(
  app: App,
  { intake, sessions, outbound, openForm, nameMentions, isMember, textFor }: ShortcutDeps,
): void {
  app.shortcut({ callback_id: SHORTCUT_ID, type: 'message_action' }, async ({ shortcut, ack }) => {
    const context = contextOf(shortcut);
    const { userId, appName, text: words } = context.picked;
    // What guests, apps and people of elsewhere wrote goes to Devin as material, never as the task.
    const isTheirs = appName === null && userId !== null && (await isMember(userId));
    const draft = isTheirs ? { prompt: await nameMentions(words) } : {};
    const asked = askedBy(shortcut, context);
    const form = await intake.offerForm(asked, draft, context);
    await ack();
    const running = await sessions.inThread(context.channelId, asked.threadTs ?? '');
    if (running === null || isOver(running, running.phase)) return openForm(shortcut.trigger_id, form);
    const told = renderRunning(runningOf(running, form.id), await textFor(asked.userId));
    await outbound.tellPrivately(placeOf(asked, context), told);
  });
}

function runningOf({ requestId, url }: SessionRow, formId: string) {
  return { requestId, url, another: { actionId: ACTION.openForm, formId } };
}

/** In the thread if the person reads it, else beside the message. */
function placeOf({ userId, channelId, responseUrl }: Asked, { picked: { threadTs } }: MessageContext) {
  return { userId, channelId, threadTs, responseUrl: threadTs === null ? responseUrl : null };
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
