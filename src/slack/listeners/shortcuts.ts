import type { App } from '@slack/bolt';
import type { MessageContext } from '../../session/context.ts';
import { isOver } from '../../session/lifecycle.ts';
import { ACTION, SHORTCUT_ID } from '../edge/ids.ts';
import type { Shortcut } from '../edge/interaction-payload.ts';
import { privatePlace } from '../edge/places.ts';
import { LIMIT } from '../views/limits.ts';
import { renderRunning } from '../views/offer.ts';
import { onShortcut } from './routes.ts';
import type { Tools } from './tools.ts';

type ShortcutDeps = Pick<
  Tools,
  'formInbox' | 'sessions' | 'outbound' | 'openForm' | 'nameMentions' | 'isMember' | 'textFor'
>;

/** The task about a message that is too long to be one, such as a stack trace: it is quoted below. */
const ABOUT_MESSAGE = 'About this message';

export function listenToShortcuts(
  app: App,
  { formInbox, sessions, outbound, openForm, nameMentions, isMember, textFor }: ShortcutDeps,
): void {
  /** Text by guests, apps and outsiders goes to Devin as background, never as the task. */
  async function taskIn({ message: { userId, appName }, ownWords }: Shortcut): Promise<string | null> {
    if (appName !== null || userId === null || ownWords === '') return null;
    // Both at the same time: the form must be open in 3 s.
    const [isTheirs, named] = await Promise.all([isMember(userId), nameMentions(ownWords)]);
    if (!isTheirs) return null;
    return named.length > LIMIT.inputText ? ABOUT_MESSAGE : named;
  }

  onShortcut(app, SHORTCUT_ID, async (shortcut, ack) => {
    const { threadTs } = shortcut.message;
    const prompt = await taskIn(shortcut);
    // The card goes into the message's thread, or starts one under it.
    const origin = { ...originOf(shortcut), threadTs: threadTs ?? shortcut.message.ts };
    const form = await formInbox.offerForm(
      origin,
      { draft: prompt === null ? {} : { prompt } },
      contextOf(shortcut),
    );
    await ack();
    const asked = { ...shortcut, threadTs: threadAround(shortcut) };
    const running = await sessions.inThread(origin.channelId, origin.threadTs);
    if (running === null || isOver(running)) return openForm(asked, form);
    const { requestId, url } = running;
    const another = { actionId: ACTION.openForm, formId: form.id };
    const told = renderRunning({ requestId, url, another }, await textFor(origin.userId));
    await outbound.tellPrivately(privatePlace(asked), told);
  });
}

function originOf({ teamId, userId, channelId, placeKind, responseUrl }: Shortcut) {
  return { teamId, userId, channelId, placeKind, responseUrl };
}

/** null: it is in none, or starts one. Nobody sees a private notice in a thread that is closed or has no replies. */
function threadAround({ message: { ts, threadTs } }: Shortcut): string | null {
  return threadTs === ts ? null : threadTs;
}

function contextOf({ channelId, channelName, message: picked }: Shortcut): MessageContext {
  const choice = picked.threadTs === null ? 'message' : 'thread';
  return { choice, channelId, channelName, picked, isOffered: true };
}
