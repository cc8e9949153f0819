import { retryWindow } from '../queue/index.ts';

/** Slack's codes for a thread that takes no messages, now or ever. https://docs.slack.dev/reference/methods/chat.postMessage */
const PLACE = new Set([
  'not_in_channel',
  'channel_not_found',
  'is_archived',
  'thread_not_found',
  'message_not_found',
  'cannot_reply_to_message',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
  'restricted_action_non_threadable_channel',
  'restricted_action_thread_locked',
  'user_disabled',
  'is_inactive',
]);

/** Codes for what a message is made of: the same again would be refused again. */
const CONTENT = new Set([
  'msg_too_long',
  'msg_blocks_too_long',
  'no_text',
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_metadata_format',
  'invalid_metadata_schema',
  'metadata_too_large',
  'markdown_text_conflict',
  'cant_update_message',
  'edit_window_closed',
]);

/** `other`: something for an app admin to fix, or Slack is in trouble. */
export function refusalOf(code: string): 'place' | 'content' | 'other' {
  if (PLACE.has(code)) return 'place';
  return CONTENT.has(code) ? 'content' : 'other';
}

/** Whether Slack may take the same later: the refusal says nothing of it, nor of its place. */
export function mayPass(code: string, triedForMs: number): boolean {
  return refusalOf(code) === 'other' && retryWindow('slack', { triedForMs }).kind === 'wait';
}
