import { sql } from 'kysely';
import type { Db } from './store.ts';

/**
 * Slack gives a private channel another id when it is shared with another organization. Replaces it in all tables but the
 * audit, also in the key of the message that asked and in the context of a task. Settings from before Slack announced the
 * new id win.
 */
export async function changeChannelId(db: Db, { from, to }: { from: string; to: string }): Promise<void> {
  const context = sql`jsonb_set(context, '{channelId}', to_jsonb(${to}::text))`;
  await sql`with
    in_sessions as (update sessions set channel_id = ${to} where channel_id = ${from}),
    in_replies as (update replies set channel_id = ${to} where channel_id = ${from}),
    in_threads as (update thread_messages set channel_id = ${to} where channel_id = ${from}),
    in_shown as (update shown set channel_id = ${to} where channel_id = ${from}),
    in_ledger as (update ledger set channel_id = ${to} where channel_id = ${from}),
    in_forms as (update forms set channel_id = ${to}, context = ${context} where channel_id = ${from}),
    chosen as (delete from settings where scope = 'channel' and scope_id = ${from} returning *),
    in_settings as (
      insert into settings (team_id, scope, scope_id, draft, preferences)
      select team_id, scope, ${to}, draft, preferences from chosen
      on conflict (team_id, scope, scope_id) do update set
        draft = coalesce(settings.draft, excluded.draft),
        preferences = nullif(coalesce(excluded.preferences, '{}') || coalesce(settings.preferences, '{}'), '{}'))
    update session_requests set
      channel_id = ${to},
      card_channel_id = case card_channel_id when ${from} then ${to} else card_channel_id end,
      context = ${context},
      dedupe_key = case when starts_with(dedupe_key, 'thread:' || team_id || ':' || ${from} || ':')
        then replace(dedupe_key, ':' || ${from} || ':', ':' || ${to} || ':') else dedupe_key end
    where channel_id = ${from}`.execute(db);
}
