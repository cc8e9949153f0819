import type { BlockAction, SlashCommand } from '@slack/bolt';
import type { Text } from '../../text/index.ts';
import type { Asked } from '../intake.ts';
import { placeKindOf } from '../places.ts';

/** A command: typed, or chosen by a button that holds it. */
export type Ask = Asked & {
  /** Slack's name for this one delivery. */
  deliveryId: string;
  /** As Slack sent it. */
  typed: string;
  /** For the person who asks. */
  text: Text;
};

export function askedByCommand(command: SlashCommand): Omit<Ask, 'text'> {
  return {
    teamId: command.team_id,
    userId: command.user_id,
    channelId: command.channel_id,
    threadTs: null,
    placeKind: placeKindOf(command.channel_name),
    responseUrl: command.response_url,
    deliveryId: command.trigger_id,
    typed: command.text,
  };
}

/** `typed`: what the button holds. One notice asks for it once, however often it is pressed. */
export function askedByButton(
  { user, team, channel, container, response_url: url }: BlockAction,
  typed: string,
): Omit<Ask, 'text'> {
  return {
    teamId: team?.id ?? user.team_id ?? '',
    userId: user.id,
    channelId: channel?.id ?? '',
    threadTs: null,
    placeKind: channel === undefined ? null : placeKindOf(channel.name),
    responseUrl: url,
    deliveryId: `${channel?.id}:${String(container['message_ts'])}:${typed}`,
    typed,
  };
}
