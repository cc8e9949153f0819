import { findMessage } from '../messages.ts';
import type { Option } from '../model.ts';
import { knownBlocks } from '../rules/assign-ids.ts';
import type { Block } from '../rules/blocks.ts';
import { elementsOf } from '../rules/relations.ts';
import { requireView, type State } from '../state.ts';
import type { ClickTarget } from './clicks.ts';
import { workspaceOptions } from './workspace-options.ts';

export type LookUp = {
  userId: string;
  target: ClickTarget;
  blockId: string;
  actionId: string;
  typed: string;
};

/** What a select of people, conversations or channels offers as one types: Slack does not ask the app. */
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
