/**
 * A local Slack: real HTTP and real WebSockets on 127.0.0.1, one workspace in memory, Slack's refusals included.
 *
 *     const slack = await createLocalSlack({ withoutScopes: ['users:read.email'] });
 *     slack.url, slack.apiUrl (for SLACK_API_URL), slack.workspace.{botToken, appToken, signingSecret, botUserId, teamId, ...}
 *     await slack.close();
 *     Methods may be called as often as Slack allows (rules/rates.ts), unless `rateLimits: 'off'`; events that the app
 *     did not take come again after `redeliverAfterMs`.
 *
 * Seeding (each returns the id)
 *     addUser({ name, id?, email?, isGuest?, isBot?, deleted?, teamId?, isAdmin?, emailConfirmed?, locale?, realName? })
 *     addChannel({ name, members, id?, isPrivate?, isDm?, isExternal?, isArchived?, botIsMember? })   bot is a member by default
 *     addFile({ name, mimetype, content, owner })
 *     changeChannel(channelId, {...})  setBotMember(channelId, isMember)
 *     joinChannel(userId, channelId)  leaveChannel(userId, channelId)  makePrivate(channelId)
 *     directMessages(userId) -> channel id of the person's conversation with the app
 *     say(userId, channelId, text, { threadTs?, blocks?, attachments?, files?, botName? }) -> ts      no event is sent
 *
 * Connecting the app
 *     connectHttp(...requestUrls)   waitForSocket()   socketConnections()
 *     disconnectSockets('warning' | 'refresh_requested' | 'link_disabled')   dropSockets()
 *     stallSockets('handshake' | 'hello', times?)   the next connections get no farther
 *
 * What people do; each resolves when the app has answered (or Slack's three seconds are over)
 *     command(userId, channelId, text, { name = '/devin', raw? }) -> { delivery, failure, message }
 *         `@name`, `#channel` and links in the text are escaped as Slack does; raw: the text is sent as it is
 *     shortcut(userId, { channelId, ts }, callbackId) -> the same
 *     clickButton(userId, { channelId, ts } | { viewId }, actionIdOrButtonText) -> { delivery, failure, openedUrl }
 *     choose({ userId, target, which, entry }) for selects, overflow menus, checkboxes
 *     typeIn(viewId, { blockIdOrLabel: string | string[] | null })   options by value or label, files by id; not sent
 *     submit(viewId, userId) -> { kind: 'invalid' | 'errors' | 'closed' | 'updated' | 'failed', ... }
 *     closeView(viewId)   suggest(viewId, blockIdOrLabel, typed) -> options
 *     speak(userId, channelId, text, {as say}) -> { ts, deliveries }: writes and sends message / app_mention events
 *     changeUser(userId, {...}) -> deliveries: sends a user_change event
 *     openHome(userId, tab?)   deliverEvent(event)   shareChannel(channelId) -> its id from then on
 *     redeliver(delivery, { num, reason }?)   the very same payload again, trigger_id included
 *     sendRaw({ body, headers?, sign?, signedAtMs? }) -> { status, body }   HTTP only, for malformed payloads
 *
 * Faults
 *     fail(method, { times?, status?, error?, retryAfter?, hang?, delayMs?, until?, afterEffect?, args? })   default: connection cut
 *     method: a Web API method, or 'response_url', 'files', 'upload'. -> { remaining(), clear() }   clearFaults()
 *
 * Observing
 *     calls: { method, args, error, atMs }[]   deliveries: { kind, payload, outcomes }[]   problems: string[]
 *     messages(channelId)   users, channels   views()   view(viewId)   openViewOf(userId)   home(userId)
 *     subscribe(listener) -> unsubscribe   waitFor(look, { timeoutMs?, what? })
 *     waitForMessage(channelId, isWanted, wait?)   waitForView(isWanted, wait?)
 *     renderText(channelId | viewId | message | view) -> plain text
 *
 * The rules of blocks and views are in rules/.
 */
export { createLocalSlack, PATIENT_MS, type LocalSlack, type LocalSlackOptions } from './local-slack.ts';
export type { Message, View } from './model.ts';
