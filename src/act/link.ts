import type { Transaction } from 'kysely';
import { otherOwner, type FindMember } from '../identity/resolve.ts';
import type { Enqueue, Jobs } from '../queue/index.ts';
import { isAdministrator } from '../session/identity.ts';
import type { People } from '../slack/edge/people.ts';
import type { TextFor } from '../slack/edge/text-for.ts';
import type { Notifier } from '../slack/tell-later.ts';
import { escape } from '../slack/views/text.ts';
import { newId } from '../store/request-row.ts';
import { shownKey } from '../store/shown.ts';
import type { StoreParts } from '../store/store.ts';
import type { Tables } from '../store/tables.ts';
import { notDone } from './outcome.ts';

type LinkDeps = {
  people: Pick<People, 'find' | 'findOwner'>;
  /** null: Devin's organization has no such member. */
  findMember: FindMember;
  store: StoreParts<{ identities: 'othersLinkedTo' | 'setLink' | 'removeLink' }>;
  enqueue: Enqueue;
  notifier: Notifier;
  textFor: TextFor;
};

type LinkJob = Jobs['link-person'];

/**
 * An administrator links a person to a member of the Devin organization, or removes the link. People can't link
 * themselves, and nobody is linked without hearing of it.
 */
export function createLinker(deps: LinkDeps) {
  const { identities } = deps.store;
  const { people, findMember, enqueue, notifier, textFor } = deps;
  const linkingTextFor = async (userId: string) => (await textFor(userId)).steering.linking;

  async function refusal({ userId, personId, devinUserId }: LinkJob): Promise<string | null> {
    const [admin, person] = await Promise.all([people.find(userId), people.find(personId)]);
    const linking = await linkingTextFor(userId);
    if (!isAdministrator(admin)) return linking.adminsOnly;
    if (userId === personId) return linking.notYourself;
    return devinUserId === null || person?.kind === 'member' ? null : linking.notAMember;
  }

  /** Once for each change, whatever dies after it, even if the command is repeated. */
  function tellsPerson({ teamId, userId, personId }: LinkJob, devinUserId: string) {
    const key = shownKey('linked', teamId, personId, userId, newId(), devinUserId);
    return async (trx: Transaction<Tables>): Promise<void> => enqueue('show', { key }, { trx });
  }

  /** One of these people who hasn't left Slack; null: nobody. */
  async function firstHere(userIds: readonly string[]): Promise<string | null> {
    for (const other of userIds) {
      const person = await people.find(other);
      if (person !== null && person.kind !== 'deactivated') return other;
    }
    return null;
  }

  async function link(job: LinkJob, devinUserId: string): Promise<string> {
    const { teamId, userId, personId } = job;
    const [member, linking] = await Promise.all([findMember(devinUserId), linkingTextFor(userId)]);
    if (member === null) return linking.unknownInDevin(escape(devinUserId));
    const name = escape(member.name);
    const owner = await otherOwner(member, personId, people.findOwner);
    if (owner !== null) return linking.addressOfAnother(name, `<@${owner.userId}>`);
    const person = { teamId, userId: personId };
    const left = await identities.othersLinkedTo(member.userId, person);
    const chosen = { devinUserId: member.userId, linkedBy: userId, left };
    const other =
      (await firstHere(left)) ?? (await identities.setLink(person, chosen, tellsPerson(job, member.userId)));
    return other === null
      ? linking.done(`<@${personId}>`, name)
      : linking.linkedToAnother(name, `<@${other}>`);
  }

  async function unlink(job: LinkJob): Promise<string> {
    const { teamId, userId, personId } = job;
    const linking = await linkingTextFor(userId);
    const person = { teamId, userId: personId };
    await identities.removeLink(person, userId, tellsPerson(job, ''));
    return linking.removed(`<@${personId}>`);
  }

  /** For the administrator, in Slack's markup. */
  async function outcomeOf(job: LinkJob): Promise<string> {
    const refused = await refusal(job);
    if (refused !== null) return refused;
    return job.devinUserId === null ? unlink(job) : link(job, job.devinUserId);
  }

  return {
    link: async (job: LinkJob): Promise<void> => {
      const text = await textFor(job.userId);
      const outcome = await outcomeOf(job).catch((error: unknown) => escape(notDone(error, text)));
      await notifier.notifyMarkup(job.userId, job.answerTo, outcome);
    },
  };
}
