import type { LocalDevin, LocalSession } from '../devin/index.ts';
import { MANIFEST } from '../manifest.ts';
import type { LocalSlack, Message, View } from '../slack/index.ts';
import { knownBlocks } from '../slack/rules/assign-ids.ts';
import type { Person, ShownChannel, ShownMessage, ShownSession, ShownView, Snapshot } from './client/wire.ts';
import { shownFiles } from './files.ts';
import type { Guide } from './guide.ts';

export type SnapshotDeps = {
  slack: LocalSlack;
  devin: LocalDevin;
  guide: Guide | null;
  /** Who has no Devin account. */
  strangers: ReadonlySet<string>;
};

/** Everything the page shows, for every person: the page hides what the current one does not see. */
export function takeSnapshot(deps: SnapshotDeps): Snapshot {
  const { slack, devin } = deps;
  const { teamName, botUserId } = slack.workspace;
  const channels = [...slack.channels.values()].map((channel) => shownChannel(slack, channel));
  const people = [...slack.users.values()].map((user) => shownPerson(deps, user));
  return {
    workspace: { teamName, appName: MANIFEST.appName, botUserId },
    commands: MANIFEST.commands,
    shortcuts: MANIFEST.shortcuts,
    people,
    channels,
    views: slack.views().flatMap((view) => (view.isOpen ? [shownView(view)] : [])),
    homes: Object.fromEntries(
      people.flatMap(({ id }) => {
        const home = slack.home(id);
        return home === undefined ? [] : [[id, shownView(home)]];
      }),
    ),
    files: shownFiles(slack),
    sessions: devin.sessions.map(shownSession),
    guide: deps.guide?.shown() ?? null,
  };
}

type Channel = LocalSlack['channels'] extends Map<string, infer Held> ? Held : never;
type User = LocalSlack['users'] extends Map<string, infer Held> ? Held : never;

function shownPerson({ slack, strangers }: SnapshotDeps, user: User): Person {
  const { id, name, realName, locale, isBot, deleted } = user;
  const isOutsider = user.teamId !== slack.workspace.teamId;
  const inside = user.isAdmin ? 'admin' : strangers.has(id) ? 'stranger' : 'member';
  const role = isOutsider ? 'outsider' : user.isGuest ? 'guest' : inside;
  return {
    id,
    name,
    realName,
    locale,
    isBot,
    role,
    canBePlayed: !isBot && !deleted,
  };
}

function shownChannel(slack: LocalSlack, channel: Channel): ShownChannel {
  const { id, name, kind, isExternal, members } = channel;
  const messages = slack.messages(id).map(shownMessage);
  return { id, name, kind, isExternal, memberIds: [...members], messages };
}

function shownMessage(message: Message): ShownMessage {
  const { ts, threadTs, ephemeralFor, userId, username, text, fileIds, editedTs } = message;
  return {
    ts,
    // A thread's first message may name itself as its thread.
    threadTs: threadTs === ts ? null : threadTs,
    ephemeralFor,
    userId,
    username,
    isBot: message.botId !== null,
    text,
    blocks: knownBlocks(message.blocks),
    fileIds,
    edited: editedTs !== null,
    reactions: [...message.reactions].map(([emoji, users]) => ({ name: emoji, userIds: [...users] })),
  };
}

function shownView(view: View): ShownView {
  const { id, userId, definition, values, errors, previousId } = view;
  const frame =
    definition.type === 'home'
      ? { title: '', submit: null, close: '' }
      : {
          title: definition.title.text,
          submit: definition.submit?.text ?? null,
          close: definition.close?.text ?? 'Cancel',
        };
  const hasPrevious = previousId !== null;
  return {
    id,
    userId,
    type: definition.type,
    ...frame,
    blocks: definition.blocks,
    values,
    errors,
    hasPrevious,
  };
}

function shownSession(session: LocalSession): ShownSession {
  const { id, url, title, status, statusDetail, request, acusConsumed, pullRequests, messages } = session;
  return {
    id,
    url,
    title,
    status,
    statusDetail,
    prompt: request.prompt,
    acus: acusConsumed,
    pullRequests: pullRequests.map((one) => ({ ...one })),
    messages: messages.map(({ source, message, createdAtMs }) => ({ source, message, createdAtMs })),
  };
}
