import { findMessage } from '../messages.ts';
import type { Channel, Option, User } from '../model.ts';
import { knownBlocks } from '../rules/assign-ids.ts';
import type { Block } from '../rules/blocks.ts';
import type { Element } from '../rules/elements.ts';
import { elementsOf } from '../rules/relations.ts';
import { requireUser, requireView, type State } from '../state.ts';
import { wireFile } from '../wire.ts';
import type { ClickTarget } from './clicks.ts';

/** One element on a person's screen; `place`: a view's id or a message's ts. */
type Offered = { place: string; blockId: string; element: Element; userId: string };

export type Offers = ReturnType<typeof createOffers>;

/** What external selects have been offered, and what Slack offers by itself: a person can pick nothing else. */
export function createOffers(state: State) {
  const offered = new Map<string, Option[]>();
  const suggested = (place: string, blockId: string): Option[] => offered.get(`${place}/${blockId}`) ?? [];
  return {
    /** What a person can pick beyond the options that the element itself lists. */
    get: ({ place, blockId, element, userId }: Offered): Option[] => [
      ...suggested(place, blockId),
      ...workspaceOptions(state, element, userId),
    ],
    add(place: string, blockId: string, options: readonly Option[]): void {
      offered.set(`${place}/${blockId}`, [...suggested(place, blockId), ...options]);
    },
    fileObject(fileId: string) {
      const file = state.files.get(fileId);
      if (file === undefined) throw new Error(`The local Slack has no file ${fileId}.`);
      return wireFile(state, file);
    },
  };
}

type LookUp = {
  userId: string;
  target: ClickTarget;
  blockId: string;
  actionId: string;
  typed: string;
};

/** What a select of people, conversations or channels offers: Slack doesn't ask the app. */
export function createLookUps({ state }: { state: State }) {
  function blocksAt(target: ClickTarget): Block[] {
    if ('viewId' in target) return requireView(state, target.viewId).definition.blocks;
    return knownBlocks(findMessage(state, target.channelId, target.ts)?.blocks ?? []);
  }

  return {
    lookUp({ userId, target, blockId, actionId, typed }: LookUp): Option[] {
      const block = blocksAt(target).find(({ block_id }) => block_id === blockId);
      const elements = block === undefined ? [] : elementsOf(block).map(({ element }) => element);
      const found = elements.find(({ action_id }) => action_id === actionId);
      if (found === undefined) throw new Error(`There is nothing called "${actionId}" to look up for.`);
      const wanted = typed.toLowerCase();
      return workspaceOptions(state, found, userId).filter(({ text }) =>
        text.text.toLowerCase().includes(wanted),
      );
    },
  };
}

type World = Pick<State, 'users' | 'channels' | 'workspace'>;
type ConversationFilter = Extract<Element, { type: 'conversations_select' }>['filter'];

/**
 * What Slack itself offers in a select of people, conversations or channels: what the person may see. Nothing for
 * other elements.
 * https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
 */
function workspaceOptions(world: State, element: Element, viewerId: string): Option[] {
  const viewer = requireUser(world, viewerId);
  switch (element.type) {
    case 'users_select':
    case 'multi_users_select':
      return people(world, viewer);
    case 'conversations_select':
    case 'multi_conversations_select':
      return conversations(world, viewer, element.filter);
    case 'channels_select':
    case 'multi_channels_select':
      return conversations(world, viewer, { include: ['public'] });
    default:
      return [];
  }
}

function people({ users, channels, workspace }: World, viewer: User): Option[] {
  const met = new Set(
    [...channels.values()].filter(({ members }) => members.has(viewer.id)).flatMap((one) => [...one.members]),
  );
  const seesAll = isFullMember(viewer, workspace.teamId);
  const isVisible = ({ id, teamId, deleted }: User): boolean =>
    !deleted && (id === viewer.id || met.has(id) || (seesAll && teamId === workspace.teamId));
  return [...users.values()].filter(isVisible).map(({ id, realName }) => option(id, realName));
}

/** https://docs.slack.dev/reference/block-kit/composition-objects/conversation-filter-object */
function conversations(world: World, viewer: User, filter: ConversationFilter = {}): Option[] {
  const { include = ['im', 'mpim', 'private', 'public'], exclude_external_shared_channels: noShared } =
    filter;
  const seesAll = isFullMember(viewer, world.workspace.teamId);
  const isVisible = ({ kind, members, isArchived }: Channel): boolean =>
    !isArchived && (members.has(viewer.id) || (kind === 'public' && seesAll));
  const isWanted = (channel: Channel): boolean =>
    include.includes(channel.kind) &&
    !(noShared === true && channel.isExternal) &&
    !(filter.exclude_bot_users === true && channel.kind === 'im' && hasBot(world, channel));
  return [...world.channels.values()]
    .filter((channel) => isVisible(channel) && isWanted(channel))
    .map((channel) => option(channel.id, nameFor(world, channel, viewer)));
}

/** Guests and people of other organizations see only what they are in. */
const isFullMember = ({ isGuest, teamId }: User, home: string): boolean => !isGuest && teamId === home;

const hasBot = ({ users }: World, { members }: Channel): boolean =>
  [...members].some((id) => users.get(id)?.isBot === true);

function nameFor({ users }: World, { kind, name, members }: Channel, viewer: User): string {
  if (kind === 'public' || kind === 'private') return name;
  const others = [...members].filter((id) => id !== viewer.id);
  return others.map((id) => users.get(id)?.realName ?? id).join(', ');
}

const option = (value: string, text: string): Option => ({ text: { type: 'plain_text', text }, value });
