import type { Transaction } from 'kysely';
import { otherOwner } from '../identity/resolve.ts';
import { isAdministrator } from '../session/identity.ts';
import { escape } from '../slack/views/text.ts';
import { newId } from '../store/request-row.ts';
import { shownKey } from '../store/shown.ts';
import type { Tables } from '../store/tables.ts';
import { done, notDone, type ActContext, type ActOf, type Doing, type Outcome } from './context.ts';

type Link = ActOf<'link'>;

/** People can't link themselves. */
export async function mayLink({ slack }: ActContext, { userId, personId, devinUserId }: Link) {
  const { people, textFor } = slack;
  const [admin, person, text] = await Promise.all([
    people.find(userId),
    people.find(personId),
    textFor(userId),
  ]);
  const { linking } = text.steering;
  if (!isAdministrator(admin)) return linking.adminsOnly;
  if (userId === personId) return linking.notYourself;
  return devinUserId === null || person?.kind === 'member' ? null : linking.notAMember;
}

/** Links a person to a member of the Devin organization, or removes the link. Nobody is linked without hearing of it. */
export async function link(c: ActContext, { act }: Doing<Link, Link>): Promise<Outcome> {
  const { teamId, userId, personId, devinUserId } = act;
  const { people, textFor } = c.slack;
  const { identities } = c.store;
  const { linking } = (await textFor(userId)).steering;
  const person = { teamId, userId: personId };
  // Once for each change, whatever dies after it, even if the command is repeated.
  const key = shownKey('linked', teamId, personId, userId, newId(), devinUserId ?? '');
  const tellPerson = async (trx: Transaction<Tables>): Promise<void> => c.enqueue('show', { key }, { trx });
  if (devinUserId === null) {
    await identities.removeLink(person, userId, tellPerson);
    return done(linking.removed(`<@${personId}>`));
  }
  const member = await c.findMember(devinUserId);
  if (member === null) return notDone(linking.unknownInDevin(escape(devinUserId)));
  const name = escape(member.name);
  const owner = await otherOwner(member, personId, people.findOwner);
  if (owner !== null) return notDone(linking.addressOfAnother(name, `<@${owner.userId}>`));
  const left = await identities.othersLinkedTo(member.userId, person);
  const chosen = { devinUserId: member.userId, linkedBy: userId, left };
  const other = (await firstHere(c, left)) ?? (await identities.setLink(person, chosen, tellPerson));
  return other === null
    ? done(linking.done(`<@${personId}>`, name))
    : notDone(linking.linkedToAnother(name, `<@${other}>`));
}

/** One of these people who hasn't left Slack; null: nobody. */
async function firstHere({ slack }: ActContext, userIds: readonly string[]): Promise<string | null> {
  for (const userId of userIds) {
    const person = await slack.people.find(userId);
    if (person !== null && person.kind !== 'deactivated') return userId;
  }
  return null;
}
