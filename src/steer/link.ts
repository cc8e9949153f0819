import type { Member } from '../devin/members.ts';
import type { Log } from '../log.ts';
import type { Jobs } from '../queue/index.ts';
import { notice } from '../slack/blocks/notices.ts';
import { escape } from '../slack/blocks/text.ts';
import type { Outbound } from '../slack/outbound.ts';
import type { People } from '../slack/people.ts';
import type { TextFor } from '../slack/text-for.ts';
import type { Identities } from '../store/identities.ts';
import { notDone } from './outcome.ts';
import type { Answerer } from './outcome.ts';

type LinkDeps = {
  people: Pick<People, 'find' | 'findOwner'>;
  /** null: Devin's organization has no such member. */
  findMember: (devinUserId: string) => Promise<Member | null>;
  identities: Pick<Identities, 'setLink' | 'removeLink' | 'forget'>;
  outbound: Pick<Outbound, 'tellPrivately'>;
  answer: Answerer;
  log: Log;
  textFor: TextFor;
};

type Job = Jobs['link-person'];

/** Sentences with mentions. `toPerson`: null where nothing was changed. */
type Outcome = { toAdmin: string; toPerson: string | null };

/**
 * An administrator says which member of the Devin organization a person is, or that nobody says so any more. Nobody
 * claims an identity for themselves, and nobody is linked without hearing of it.
 */
export function createLinker(deps: LinkDeps) {
  const { people, findMember, identities, outbound, answer, log, textFor } = deps;
  const wordsFor = async (userId: string) => (await textFor(userId)).steering.linking;
  const unchanged = (toAdmin: string): Outcome => ({ toAdmin, toPerson: null });

  async function refusal({ userId, personId, devinUserId }: Job): Promise<string | null> {
    const [admin, person] = await Promise.all([people.find(userId), people.find(personId)]);
    const linking = await wordsFor(userId);
    if (admin?.kind !== 'member' || !admin.isAdmin) return linking.adminsOnly;
    if (userId === personId) return linking.notYourself;
    return devinUserId === null || person?.kind === 'member' ? null : linking.notAMember;
  }

  /** Who else in Slack has the member's address; null: nobody, or Slack does not let the app look. */
  async function otherOwner({ email }: Member, personId: string): Promise<string | null> {
    if (email === null) return null;
    const owner = await people.findOwner(email);
    return owner === null || owner.kind === 'deactivated' || owner.userId === personId ? null : owner.userId;
  }

  async function link({ teamId, userId, personId }: Job, devinUserId: string): Promise<Outcome> {
    const [member, linking, theirs] = await Promise.all([
      findMember(devinUserId),
      wordsFor(userId),
      wordsFor(personId),
    ]);
    if (member === null) return unchanged(linking.unknownInDevin(escape(devinUserId)));
    const name = escape(member.name);
    const owner = await otherOwner(member, personId);
    if (owner !== null) return unchanged(linking.addressOfAnother(name, `<@${owner}>`));
    const done = linking.done(`<@${personId}>`, name);
    // People hear of each link once, however often it is asked for.
    const isNew = await identities.setLink({ teamId, userId: personId }, member.userId, userId);
    if (!isNew) return unchanged(done);
    await identities.forget({ teamId, userId: personId });
    log.info({ personId, devinUserId: member.userId, by: userId }, 'a person was linked to a Devin member');
    return {
      toAdmin: done,
      toPerson: theirs.toPerson.done(`<@${userId}>`, name),
    };
  }

  async function unlink({ teamId, userId, personId }: Job): Promise<Outcome> {
    const [linking, theirs] = await Promise.all([wordsFor(userId), wordsFor(personId)]);
    if (!(await identities.removeLink({ teamId, userId: personId }, userId)))
      return unchanged(linking.notLinked(`<@${personId}>`));
    await identities.forget({ teamId, userId: personId });
    log.info({ personId, by: userId }, "a person's link to a Devin member was removed");
    return {
      toAdmin: linking.removed(`<@${personId}>`),
      toPerson: theirs.toPerson.removed(`<@${userId}>`),
    };
  }

  async function outcomeOf(job: Job): Promise<Outcome> {
    const refused = await refusal(job);
    if (refused !== null) return unchanged(refused);
    return job.devinUserId === null ? unlink(job) : link(job, job.devinUserId);
  }

  async function tellDirectly(userId: string, sentence: string): Promise<void> {
    await outbound.tellPrivately(
      { userId, channelId: null, threadTs: null, responseUrl: null },
      notice([sentence]),
    );
  }

  return async (job: Job): Promise<void> => {
    const text = await textFor(job.userId);
    const outcome = await outcomeOf(job).catch((error: unknown) => unchanged(escape(notDone(error, text))));
    const { toAdmin, toPerson } = outcome;
    await answer.sayEscaped(job.userId, job.answerTo, toAdmin);
    if (toPerson === null) return;
    await Promise.all([tellDirectly(job.personId, toPerson), tellDirectly(job.userId, toAdmin)]);
  };
}
