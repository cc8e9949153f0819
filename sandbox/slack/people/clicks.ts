import { failureOf, type Dispatch, type Failure } from '../delivery/dispatch.ts';
import { findMessage } from '../messages.ts';
import type { Delivery, Message, StateValue, StateValues, View } from '../model.ts';
import { knownBlocks } from '../rules/assign-ids.ts';
import type { Element } from '../rules/elements.ts';
import { elementsOf } from '../rules/relations.ts';
import {
  addResponseUrl,
  addTrigger,
  requireChannel,
  requireOpenView,
  requireView,
  type State,
} from '../state.ts';
import { initialValues, isHolding } from '../view-state.ts';
import { viewPayload } from '../views.ts';
import { wireMessage } from '../wire.ts';
import type { MessageRef } from './commands.ts';
import { enter, type Entry } from './entries.ts';
import { payloadBase, payloadChannelName } from './payload.ts';

/** https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */

export type ClickTarget = MessageRef | { viewId: string };

export type Click = {
  delivery: Delivery;
  failure: Failure | null;
  /** Where a link button takes the person. */
  openedUrl: string | null;
};

type Found = { element: Element; blockId: string };
/** The part of a payload that says where the click happened. */
type Place = { found: Found; values: StateValues; payload: Record<string, unknown> };

export function createClicks({ state, dispatch }: { state: State; dispatch: Dispatch }) {
  return {
    /** `which`: the action id, `block id/action id`, or the words on the button or on an option of an overflow menu, or the first word of that option's value. */
    clickButton: (userId: string, target: ClickTarget, which: string) =>
      act({ userId, target, which, entry: null }),
    /** Picks in a select, an overflow menu or checkboxes. */
    choose: (choice: { userId: string; target: ClickTarget; which: string; entry: Entry }) => act(choice),
  };

  async function act({ userId, target, which, entry }: Choice): Promise<Click> {
    const place = 'viewId' in target ? inView(target.viewId, which) : inMessage(userId, target, which);
    const { element, blockId } = place.found;
    const chosen = element.type === 'overflow' ? (entry ?? which) : entry;
    const picked = pick(element, chosen);
    const held = isHolding(element) && picked !== null ? { [element.action_id ?? '']: picked } : {};
    place.values[blockId] = { ...place.values[blockId], ...held };
    const delivery = await dispatch.deliver('interactive', {
      type: 'block_actions',
      ...payloadBase(state, userId),
      ...place.payload,
      ...('viewId' in target
        ? { view: viewPayload(state, requireView(state, target.viewId)) }
        : { state: { values: place.values } }),
      trigger_id: addTrigger(state, { userId, viewId: 'viewId' in target ? target.viewId : null }),
      actions: [{ ...describe(element), ...picked, block_id: blockId, action_ts: state.nextTs() }],
    });
    const openedUrl = addressOf(element, chosen);
    return { delivery, failure: failureOf(delivery), openedUrl };
  }

  function inView(viewId: string, which: string): Place {
    const view = requireOpenView(state, viewId);
    const found = find(view.definition.blocks, which);
    return { found, values: view.values, payload: { container: { type: 'view', view_id: view.id } } };
  }

  function inMessage(userId: string, { channelId, ts }: MessageRef, which: string): Place {
    const channel = requireChannel(state, channelId);
    const message = findMessage(state, channelId, ts);
    if (message === undefined || (message.ephemeralFor ?? userId) !== userId) {
      throw new Error(`${userId} sees no message ${ts} in ${channelId}.`);
    }
    const blocks = knownBlocks(message.blocks);
    const isEphemeral = message.ephemeralFor !== null;
    const payload = {
      container: container(message, isEphemeral),
      channel: { id: channelId, name: payloadChannelName(channel) },
      ...(!isEphemeral && { message: wireMessage(state, message) }),
      response_url: addResponseUrl(state, { userId, channelId, messageTs: ts }),
    };
    return { found: find(blocks, which), values: initialValues(blocks), payload };
  }

  function pick(element: Element, entry: Entry): StateValue | null {
    if (element.type === 'overflow')
      return { type: 'overflow', selected_option: overflowOption(element, entry) };
    return isHolding(element) ? enter({ state, element }, entry) : null;
  }
}

type Choice = { userId: string; target: ClickTarget; which: string; entry: Entry };

function container({ ts, channelId, threadTs }: Message, isEphemeral: boolean): Record<string, unknown> {
  return {
    type: 'message',
    message_ts: ts,
    channel_id: channelId,
    is_ephemeral: isEphemeral,
    ...(threadTs !== null && { thread_ts: threadTs }),
  };
}

function find(blocks: View['definition']['blocks'], which: string): Found {
  const all = blocks.flatMap((block) =>
    elementsOf(block).map(({ element }) => ({ element, blockId: block.block_id ?? '' })),
  );
  const byId = all.filter(
    ({ element: { action_id: id }, blockId }) => id === which || `${blockId}/${id}` === which,
  );
  const byText = all.filter(({ element }) => element.type === 'button' && element.text.text === which);
  const inMenu = all.filter(
    ({ element }) => element.type === 'overflow' && menuOption(element, which) !== null,
  );
  const [found, ...more] = [byId, byText, inMenu].find((some) => some.length > 0) ?? [];
  if (found === undefined) throw new Error(`There is nothing called "${which}" to click on.`);
  if (more.length > 0)
    throw new Error(`Several elements are called "${which}"; use a button's text instead.`);
  return found;
}

type Menu = Extract<Element, { type: 'overflow' }>;

function overflowOption(element: Menu, entry: Entry): Menu['options'][number] {
  const option = menuOption(element, entry);
  if (option === null) throw new Error(`The overflow menu does not offer "${String(entry)}".`);
  return option;
}

/** By its value, the first word of that, or its text. */
function menuOption({ options }: Menu, entry: Entry): Menu['options'][number] | null {
  const names = ({ value, text }: Menu['options'][number]) => [value, value.split(' ')[0], text.text];
  return options.find((option) => names(option).some((name) => name === entry)) ?? null;
}

function addressOf(element: Element, entry: Entry): string | null {
  if (element.type === 'button') return element.url ?? null;
  return element.type === 'overflow' ? (overflowOption(element, entry).url ?? null) : null;
}

/** The element's own facts that an action repeats. */
function describe(element: Element): Record<string, unknown> {
  const { type, action_id } = element;
  if (element.type !== 'button') return { type, action_id };
  const { text, value, url, style } = element;
  return {
    type,
    action_id,
    text,
    ...(value !== undefined && { value }),
    ...(url !== undefined && { url }),
    ...(style !== undefined && { style }),
  };
}
