/**
 * Block Kit's rules, from Slack's reference: what a message or a view must be to be accepted. Stricter than the
 * types of @slack/types, which know shapes but no limits. The newest blocks (table, plan, task_card, card, ...)
 * are unknown here and therefore refused.
 */
export { checkMessage } from './rules/message.ts';
export { checkView } from './rules/view.ts';
