/**
 * A local Devin: the endpoints of the v3 API that the bot uses, on the loopback interface, as strict as the real ones.
 *
 *     const devin = await createLocalDevin({ idForm: 'prefixed' });                                local-devin.ts
 *     devin.addMember({ userId, email, name }); devin.permissions.delete('ViewOrgMembership');
 *     devin.script('question'); devin.step(id);                                                           scripts.ts
 *     devin.advance(id, { status: 'running', statusDetail: 'finished', message: 'Done.' });               session-state.ts
 *     devin.fail({ method: 'POST', path: '/sessions' }, { afterEffect: true });                    faults.ts
 *     await devin.waitForSession((session) => session.status === 'running');
 *     devin.requests, devin.sessions; devin.problems: what a careful client doesn't do
 */
export { type LocalDevin, createLocalDevin } from './local-devin.ts';
export type { LocalDevinOptions } from './local-devin.ts';
export type { Schedule } from './player.ts';
export type { Permission } from './members.ts';
export type { Script } from './scripts.ts';
export type { LocalSession } from './session-state.ts';
