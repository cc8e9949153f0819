import type { Member } from '../devin/members.ts';
import type { Identity } from '../session/identity.ts';
import { isAddress, mappedTo } from '../session/mapping.ts';
import type { MappedPerson, Mapping } from '../session/mapping.ts';
import type { SlackPerson } from '../session/person.ts';
import type { MemberLookup } from './resolve.ts';

type MapDeps = {
  mapping: () => Mapping | null;
  findByEmail: (email: string) => Promise<MemberLookup>;
  findMember: (devinUserId: string) => Promise<Member | null>;
  /** Who in Slack has an address; null: nobody, or Slack does not let the app look. */
  findOwner: (email: string) => Promise<SlackPerson | null>;
  now: () => number;
};

type Refused = { reason: 'mapping-unknown' | 'mapping-conflict'; account: string; other: string | null };

/** Who a person is by the identity file. What is wrong with it is refused in every mode: nobody runs as another. */
export function createMapPerson({ mapping, findByEmail, findMember, findOwner, now }: MapDeps) {
  const refused = ({ reason, account, other }: Refused): Identity => ({
    kind: 'refused',
    reason,
    maskedEmail: null,
    about: { account, other },
    checkedAtMs: now(),
  });

  async function memberOf({ devin }: MappedPerson): Promise<Member | null> {
    if (!isAddress(devin)) return findMember(devin);
    const found = await findByEmail(devin);
    const [member = null, ...others] = found.kind === 'found' ? found.members : [];
    return others.length > 0 ? null : member;
  }

  /** Another person in Slack who is this member, too; null: nobody. */
  async function otherOf({ slack, shared }: MappedPerson, member: Member, userId: string) {
    if (shared) return null;
    const also = mappedTo(mapping(), member).find((one) => one.slack !== slack);
    if (also !== undefined) return also.slack;
    const owner = member.email === null ? null : await findOwner(member.email);
    return owner === null || owner.kind === 'deactivated' || owner.userId === userId ? null : owner.name;
  }

  return async (entry: MappedPerson, userId: string): Promise<Identity> => {
    const member = await memberOf(entry);
    if (member === null) return refused({ reason: 'mapping-unknown', account: entry.devin, other: null });
    const other = await otherOf(entry, member, userId);
    if (other !== null) return refused({ reason: 'mapping-conflict', account: member.name, other });
    const { userId: devinUserId, name } = member;
    return { kind: 'matched', devinUserId, name, how: 'mapping', checkedAtMs: now() };
  };
}
