import { expect } from 'vitest';
import type { LocalDevin } from '../../sandbox/devin/index.ts';
import type { LocalSlack, Message, View } from '../../sandbox/slack/index.ts';
import { en } from '../../src/text/en.ts';

/** The session that was created as this member, once it exists. */
export async function sessionOf(devin: LocalDevin, devinUserId: string) {
  return devin.waitForSession((session) => session.userId === devinUserId);
}

/** The sessions that were created as this member so far. */
export function sessionsAs(devin: LocalDevin, devinUserId: string) {
  return devin.sessions.filter(({ userId }) => userId === devinUserId);
}

/** The card in a conversation, once its text is as wanted. */
export async function cardOf(
  slack: LocalSlack,
  channelId: string,
  isWanted: (text: string) => boolean,
): Promise<Message> {
  return slack.waitForMessage(
    channelId,
    ({ ephemeralFor, metadata, text }) =>
      ephemeralFor === null && metadata !== undefined && metadata !== null && isWanted(text),
  );
}

/** Messages only this person sees; null: messages everyone sees. */
export function noticesTo(slack: LocalSlack, channelId: string, userId: string | null): Message[] {
  return slack.messages(channelId).filter(({ ephemeralFor }) => ephemeralFor === userId);
}

/** A person's Home, once it says this. */
export async function homeOf(slack: LocalSlack, userId: string, words: string | RegExp) {
  const says = (text: string): boolean =>
    typeof words === 'string' ? text.includes(words) : words.test(text);
  const view = await slack.waitFor(
    () => {
      const home = slack.home(userId);
      return home !== undefined && says(slack.renderText(home)) && home;
    },
    { what: `a Home that says ${String(words)}` },
  );
  return { viewId: view.id, text: slack.renderText(view) };
}

/** The form once everything in it was looked up: from then on only the person changes it. */
export async function settledForm(slack: LocalSlack, userId: string): Promise<View> {
  return slack.waitForView((view) => view.userId === userId && isSettled(slack.renderText(view.id)));
}

/** Once no job of this kind waits or runs. */
export async function doneWith({ address }: { address: string }, job: string): Promise<void> {
  const metrics = async () => (await fetch(`${address}/metrics`)).text();
  for (const state of ['due', 'later', 'active'])
    await expect.poll(metrics).toContain(`{queue="${job}",state="${state}"} 0`);
}

/** A form that offers parts of a thread says so until it has read the thread. */
function isSettled(text: string): boolean {
  return /Runs as|can't start/.test(text) && !text.includes(en.modal.context.counting);
}

/** Presses "More options" unless they are shown already, and waits for them. */
export async function showAllOptions(slack: LocalSlack, view: View): Promise<void> {
  if (!view.definition.blocks.some((block) => block.block_id === 'field.platform'))
    await slack.clickButton(view.userId, { viewId: view.id }, 'more_options');
  await slack.waitForView(
    ({ id, definition }) =>
      id === view.id && definition.blocks.some((block) => block.block_id === 'field.platform'),
  );
}
