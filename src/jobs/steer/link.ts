import type { Member } from '../../devin/members.ts';
import type { People } from '../../slack/people.ts';
import { escape } from '../../slack/blocks/text.ts';
import type { Identities } from '../../store/identities.ts';
import type { Text } from '../../text/index.ts';
import type { AnswerTo } from '../payloads.ts';
import type { Answerer } from './answer.ts';
import { notDone } from './outcome.ts';

type LinkDeps = {
  people: Pick<People, 'find'>;
  /** null: Devin's organisation has no such member. */
  findMember: (devinUserId: string) => Promise<Member | null>;
  identities: Pick<Identities, 'setLink' | 'forget'>;
  answer: Answerer;
  text: Text;
};

type Job = { teamId: string; userId: string; personId: string; devinUserId: string; answerTo: AnswerTo };

/** An administrator says which member of the Devin organisation a person is. Nobody claims an identity for themselves. */
export function createLinker({ people, findMember, identities, answer, text }: LinkDeps) {
  const { linking } = text.steering;

  async function refusal({ userId, personId }: Job): Promise<string | null> {
    const [admin, person] = await Promise.all([people.find(userId), people.find(personId)]);
    if (admin?.kind !== 'member' || !admin.isAdmin) return linking.adminsOnly;
    if (userId === personId) return linking.notYourself;
    return person?.kind === 'member' ? null : linking.notAMember;
  }

  async function link(job: Job): Promise<string> {
    const refused = await refusal(job);
    if (refused !== null) return refused;
    const { teamId, userId, personId, devinUserId } = job;
    const member = await findMember(devinUserId);
    if (member === null) return linking.unknownInDevin(escape(devinUserId));
    await identities.setLink({ teamId, userId: personId }, member.userId, userId);
    await identities.forget({ teamId, userId: personId });
    return linking.done(`<@${personId}>`, escape(member.name));
  }

  return async (job: Job): Promise<void> => {
    const sentence = await link(job).catch((error: unknown) => escape(notDone(error, text)));
    await answer.sayEscaped(job.userId, job.answerTo, sentence);
  };
}
