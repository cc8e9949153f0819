import type { LocalDevin } from '../devin/index.ts';
import { MANIFEST } from '../manifest.ts';
import type { LocalSlack } from '../slack/index.ts';
import type { Message, User } from '../slack/model.ts';
import { knownBlocks } from '../slack/rules/assign-ids.ts';
import type { Person, ShownMessage, Snapshot } from './client/wire.ts';
import { shownFiles } from './files.ts';
import type { Guide } from './guide.ts';

export type SnapshotDeps = { slack: LocalSlack; devin: LocalDevin; guide: Guide | null };

/** Everything the page shows, for every person: the page hides what the current one does not see. */
export function takeSnapshot(deps: SnapshotDeps): Snapshot {
  const { slack } = deps;
  const { teamName, botUserId } = slack.workspace;
  const channels = [...slack.channels.values()].map((channel) => ({
    ...channel,
    members: [...channel.members],
    messages: slack.messages(channel.id).map(shownMessage),
  }));
  const people = [...slack.users.values()].map((user) => shownPerson(deps, user));
  return {
    workspace: { teamName, appName: MANIFEST.appName, botUserId },
    commands: MANIFEST.commands,
    shortcuts: MANIFEST.shortcuts,
    people,
    channels,
    views: slack.views().filter(({ isOpen }) => isOpen),
    homes: Object.fromEntries(
      people.flatMap(({ id }) => {
        const home = slack.home(id);
        return home === undefined ? [] : [[id, home]];
      }),
    ),
    files: shownFiles(slack),
    guide: deps.guide?.shown() ?? null,
  };
}

function shownPerson({ slack, devin }: SnapshotDeps, user: User): Person {
  const { isBot, deleted } = user;
  const isOutsider = user.teamId !== slack.workspace.teamId;
  const inside = user.isAdmin ? 'admin' : devin.hasMember(user.email) ? 'member' : 'stranger';
  const role = isOutsider ? 'outsider' : user.isGuest ? 'guest' : inside;
  return { ...user, role, canBePlayed: !isBot && !deleted };
}

function shownMessage(message: Message): ShownMessage {
  const { ts, threadTs } = message;
  return {
    ...message,
    // A thread's first message may name itself as its thread.
    threadTs: threadTs === ts ? null : threadTs,
    blocks: knownBlocks(message.blocks),
    reactions: Object.fromEntries([...message.reactions].map(([name, users]) => [name, [...users]])),
  };
}
