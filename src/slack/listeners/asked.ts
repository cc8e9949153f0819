import type { SlashCommand } from '@slack/bolt';
import type { Asked } from '../intake.ts';
import { placeKindOf } from '../place-kind.ts';

export function askedByCommand(command: SlashCommand): Asked {
  return {
    teamId: command.team_id,
    userId: command.user_id,
    channelId: command.channel_id,
    threadTs: null,
    placeKind: placeKindOf(command.channel_name),
    responseUrl: command.response_url,
  };
}
