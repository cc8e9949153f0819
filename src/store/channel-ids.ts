import { sql } from 'kysely';
import type { Db } from './tables.ts';

/**
 * Slack gives a private channel another id when it is shared with another organization. What is in the channel, and what
 * was used and chosen there, is found under the new one from then on; the audit keeps what was. What was chosen under the
 * new one before Slack told the app of it comes first.
 */
export async function changeChannelId(db: Db, { from, to }: { from: string; to: string }): Promise<void> {
  await sql`with
    in_sessions as (update sessions set channel_id = ${to} where channel_id = ${from}),
    in_replies as (update replies set channel_id = ${to} where channel_id = ${from}),
    in_milestones as (update milestones set channel_id = ${to} where channel_id = ${from}),
    in_approvals as (update approval_messages set channel_id = ${to} where channel_id = ${from}),
    in_posts as (update posts set channel_id = ${to} where channel_id = ${from}),
    in_ledger as (update ledger set channel_id = ${to} where channel_id = ${from}),
    in_forms as (update forms set channel_id = ${to} where channel_id = ${from}),
    chosen as (delete from settings where scope = 'channel' and scope_id = ${from} returning *),
    in_settings as (
      insert into settings (team_id, scope, scope_id, draft, preferences, updated_by, updated_at)
      select team_id, scope, ${to}, draft, preferences, updated_by, updated_at from chosen
      on conflict (team_id, scope, scope_id) do update set
        draft = coalesce(settings.draft, excluded.draft),
        preferences = nullif(coalesce(excluded.preferences, '{}') || coalesce(settings.preferences, '{}'), '{}'))
    update session_requests set
      channel_id = case channel_id when ${from} then ${to} else channel_id end,
      card_channel_id = case card_channel_id when ${from} then ${to} else card_channel_id end
    where channel_id = ${from} or card_channel_id = ${from}`.execute(db);
}
