import { otherOwner, type FindMember } from '../identity/resolve.ts';
import type { Log } from '../log.ts';
import type { Jobs } from '../queue/index.ts';
import { isAdministrator } from '../session/identity.ts';
import { notice } from '../slack/blocks/notices.ts';
import { escape } from '../slack/blocks/text.ts';
import type { Outbound } from '../slack/outbound.ts';
import type { People } from '../slack/people.ts';
import { privatePlace } from '../slack/places.ts';
import type { TextFor } from '../slack/text-for.ts';
import type { Identities } from '../store/identities.ts';
import { notDone, type Notifier } from './outcome.ts';

type LinkDeps = {
  people: Pick<People, 'find' | 'findOwner'>;
  /** null: Devin's organization has no such member. */
  findMember: FindMember;
  identities: Pick<Identities, 'setLink' | 'removeLink'>;
  outbound: Pick<Outbound, 'tellPrivately'>;
  notifier: Notifier;
  log: Log;
  textFor: TextFor;
};

type LinkJob = Jobs['link-person'];

/** Sentences in Slack's markup. `toPerson` null: nothing was changed. */
type Outcome = { toAdmin: string; toPerson: string | null };

/**
 * An administrator links a person to a member of the Devin organization, or removes the link. People can't link
 * themselves, and nobody is linked without hearing of it.
 */
export function createLinker(deps: LinkDeps) {
  const { people, findMember, identities, outbound, notifier, log, textFor } = deps;
  const linkingTextFor = async (userId: string) => (await textFor(userId)).steering.linking;
  const unchanged = (toAdmin: string): Outcome => ({ toAdmin, toPerson: null });

  async function refusal({ userId, personId, devinUserId }: LinkJob): Promise<string | null> {
    const [admin, person] = await Promise.all([people.find(userId), people.find(personId)]);
    const linking = await linkingTextFor(userId);
    if (!isAdministrator(admin)) return linking.adminsOnly;
    if (userId === personId) return linking.notYourself;
    return devinUserId === null || person?.kind === 'member' ? null : linking.notAMember;
  }

  async function link({ teamId, userId, personId }: LinkJob, devinUserId: string): Promise<Outcome> {
    const [member, linking, theirs] = await Promise.all([
      findMember(devinUserId),
      linkingTextFor(userId),
      linkingTextFor(personId),
    ]);
    if (member === null) return unchanged(linking.unknownInDevin(escape(devinUserId)));
    const name = escape(member.name);
    const owner = await otherOwner(member, personId, people.findOwner);
    if (owner !== null) return unchanged(linking.addressOfAnother(name, `<@${owner.userId}>`));
    const done = linking.done(`<@${personId}>`, name);
    // People hear of each link once, even if the command is repeated.
    const isNew = await identities.setLink({ teamId, userId: personId }, member.userId, userId);
    if (!isNew) return unchanged(done);
    log.info({ personId, devinUserId: member.userId, by: userId }, 'a person was linked to a Devin member');
    return {
      toAdmin: done,
      toPerson: theirs.toPerson.done(`<@${userId}>`, name),
    };
  }

  async function unlink({ teamId, userId, personId }: LinkJob): Promise<Outcome> {
    const [linking, theirs] = await Promise.all([linkingTextFor(userId), linkingTextFor(personId)]);
    if (!(await identities.removeLink({ teamId, userId: personId }, userId)))
      return unchanged(linking.notLinked(`<@${personId}>`));
    log.info({ personId, by: userId }, "a person's link to a Devin member was removed");
    return {
      toAdmin: linking.removed(`<@${personId}>`),
      toPerson: theirs.toPerson.removed(`<@${userId}>`),
    };
  }

  async function outcomeOf(job: LinkJob): Promise<Outcome> {
    const refused = await refusal(job);
    if (refused !== null) return unchanged(refused);
    return job.devinUserId === null ? unlink(job) : link(job, job.devinUserId);
  }

  async function tellDirectly(userId: string, sentence: string): Promise<void> {
    const place = privatePlace({ userId, channelId: null, threadTs: null });
    await outbound.tellPrivately(place, notice([sentence]));
  }

  return async (job: LinkJob): Promise<void> => {
    const text = await textFor(job.userId);
    const outcome = await outcomeOf(job).catch((error: unknown) => unchanged(escape(notDone(error, text))));
    const { toAdmin, toPerson } = outcome;
    await notifier.notifyMarkup(job.userId, job.answerTo, toAdmin);
    if (toPerson !== null) await tellDirectly(job.personId, toPerson);
  };
}
