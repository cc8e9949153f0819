/**
 * A local Devin: the endpoints of the v3 API that the bot uses, on the loopback interface, as strict as the real ones.
 *
 *     const devin = await createLocalDevin({ members: [{ userId, email, name }], idForm: 'prefixed', schedule: createPace(20).schedule });
 *     devin.url, devin.orgId, devin.apiKey, devin.serviceUserId     what the bot is configured with
 *     devin.permissions.delete('ViewOrgMembership')                 answered with 403 from here on
 *     devin.addMember({ userId, email, name, via: 'idp', canUse: false }); devin.removeMember(userId)
 *     devin.addPlaybook({ id, title }); addNote({ id, name }); addSecret({ id, key }); addRepository({ path })
 *     devin.script('normal' | 'question' | 'report' | 'fails' | 'capped' | 'slow' | steps)     for sessions created from now on
 *     devin.step(id)                                                the next step of its script, at once
 *     devin.advance(id, { status, statusDetail, message, pullRequest, acus, title, attachments, structuredOutput })
 *     devin.fail({ method: 'POST', path: '/sessions' }, { mode: 'cut-after-effect', times: 1 })
 *     devin.fail({ method: 'GET', path: /\/members\// }, { status: 429, retryAfter: 2 }); clearFaults()
 *     devin.requests, devin.sessions, devin.uploads, devin.problems, devin.createdCount(), devin.secretsOf(id)
 *     await devin.waitForRequest((request) => request.method === 'POST' && request.status === 200)
 *     await devin.waitForSession((session) => session.status === 'running')
 *     devin.subscribe(listener) -> unsubscribe
 *     await devin.stop()
 */
export { type LocalDevin, createLocalDevin } from './local-devin.ts';
export type { LocalDevinOptions } from './options.ts';
export type { Permission } from './permissions.ts';
export type { Script, ScriptName } from './scripts.ts';
export type { LocalSession } from './session-state.ts';
