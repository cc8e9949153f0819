import { expect } from 'vitest';
import type { LocalDevin } from '../../sandbox/devin/index.ts';
import type { LocalSlack, Message, View } from '../../sandbox/slack/index.ts';
import { OPTION_GROUPS, type OptionGroup } from '../../src/session/fields.ts';
import { formMetadata } from '../../src/slack/edge/ids.ts';

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
      ephemeralFor === null &&
      metadata !== undefined &&
      metadata !== null &&
      !text.startsWith('<@') &&
      isWanted(text),
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
export async function doneWith(
  { address }: { address: string },
  job: string,
  states: readonly string[] = ['due', 'later', 'active'],
): Promise<void> {
  const metrics = async () => (await fetch(`${address}/metrics`)).text();
  for (const state of states) await expect.poll(metrics).toContain(`{queue="${job}",state="${state}"} 0`);
}

function isSettled(text: string): boolean {
  return /Runs as|can't start/.test(text);
}

/** Adds these groups of options, or all, unless they are shown already. */
export async function addOptions(
  slack: LocalSlack,
  { id: viewId, userId }: Pick<View, 'id' | 'userId'>,
  groups: readonly OptionGroup[] = OPTION_GROUPS,
): Promise<void> {
  const hasGroup = (group: OptionGroup): boolean =>
    formMetadata.read(slack.view(viewId).definition.private_metadata ?? '').groups.includes(group);
  for (const group of groups.filter((one) => !hasGroup(one))) {
    await slack.choose({ userId, target: { viewId }, which: 'add_options', entry: group });
    await slack.waitForView(({ id }) => id === viewId && hasGroup(group));
  }
}

/** Sends a form: the error at one of its inputs, the task unless said otherwise; null: it was taken. */
export async function errorAt(
  slack: LocalSlack,
  { id, userId }: Pick<View, 'id' | 'userId'>,
  block = 'field.prompt',
): Promise<string | null> {
  const result = await slack.submit(id, userId);
  if (result.kind === 'closed') return null;
  return result.kind === 'errors' ? (result.errors[block] ?? '') : result.kind;
}
