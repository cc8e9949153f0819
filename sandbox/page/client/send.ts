import { type App, notify } from './app.ts';
import { INVITE } from './completion.ts';
import { type Place, placeKey, write, writtenAt } from './drafts.ts';
import { showEnd } from './scrolling.ts';
import { wording } from './words.ts';

/** A message, or a command where it begins with a slash. */
export async function send(app: App, place: Place): Promise<void> {
  const { text, fileIds } = writtenAt(app, place);
  if (text.trim() === '' && fileIds.length === 0) return;
  app.update({ suggesting: null });
  showEnd(place);
  const command = /^(\/\S+)\s*([\s\S]*)$/.exec(text);
  if (command !== null && fileIds.length === 0) {
    return useCommand(app, place, { name: command[1] ?? '', text: (command[2] ?? '').trim() });
  }
  const { channelId, threadTs } = place;
  write(app, place, { text: '', fileIds: [] });
  const act = { do: 'say' as const, channelId, text, fileIds, ...(threadTs !== null && { threadTs }) };
  const answer = await app.act(act);
  if (!answer.ok) write(app, place, { text, fileIds });
}

type Command = { name: string; text: string };

/** Slack's client answers by itself what is no command, and any command in a thread. */
async function useCommand(app: App, place: Place, { name, text }: Command): Promise<void> {
  const tell = (words: string): void => notify(app, { ...place, text: words });
  const isKnown = name === INVITE || app.state.snapshot.commands.some((one) => one.name === name);
  if (!isKnown) {
    return tell(wording.composer.noCommand(name));
  }
  if (place.threadTs !== null) return tell(wording.composer.notInThreads(name));
  write(app, place, { text: '' });
  if (name === INVITE) return invite(app, place, text);
  const { channelId } = place;
  const busy = `send/${placeKey(app, place)}`;
  const answer = await app.act({ do: 'command', channelId, name, text }, busy);
  if (!answer.ok) tell(answer.problem);
  else if (answer.result.failure !== null) tell(wording.composer.failed(name, answer.result.failure));
  return undefined;
}

async function invite(app: App, place: Place, text: string): Promise<void> {
  const { people, workspace } = app.state.snapshot;
  const tell = (words: string): void => notify(app, { ...place, text: words });
  const bot = people.find(({ id }) => id === workspace.botUserId);
  if (bot === undefined || text !== `@${bot.name}`) {
    return tell(wording.composer.inviteOnly(`${INVITE} @${bot?.name ?? 'devin'}`));
  }
  const answer = await app.act({ do: 'invite', channelId: place.channelId });
  return tell(answer.ok ? wording.composer.invited(workspace.appName) : answer.problem);
}
