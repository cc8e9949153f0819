import type { Devin, Member } from '../devin/devin.ts';
import { nullIf } from '../devin/errors.ts';
import {
  isEmail,
  mappedAs,
  mappedTo,
  maskEmail,
  type Identity,
  type MappedPerson,
  type Mapping,
  type NoMatchReason,
  type RefusedIdentity,
  type SlackPerson,
} from '../session/identity.ts';
import type { Identities, Person } from '../store/identities.ts';
import { isWithin } from '../time.ts';

const MATCH_TTL_MS = 60 * 60 * 1000;
const NO_MATCH_TTL_MS = 2 * 60 * 1000;

/** Throws if Slack or Devin can't be asked. */
export type ResolveIdentity = (person: Person) => Promise<Identity>;

/**
 * Which member of the Devin organization a Slack person is. The identity file comes first, then an administrator's
 * link, then the Slack profile's confirmed address. People cannot claim an identity for themselves.
 */
export function createResolveIdentity(deps: {
  impersonation: 'required' | 'preferred' | 'off';
  findPerson: (userId: string) => Promise<SlackPerson | null>;
  /** null: the service user may not read members. */
  findByEmail: (email: string) => Promise<Member[] | null>;
  findMember: (devinUserId: string) => Promise<Member | null>;
  mapping: () => Mapping;
  /** Who in Slack has an address; null: nobody, or the app may not look. */
  findOwner: (email: string) => Promise<SlackPerson | null>;
  identities: Pick<Identities, 'known' | 'remember'>;
  /** Another address in Slack makes this person another member. */
  onSwitched: (switched: Person & { devinUserId: string }) => Promise<void>;
  now: () => number;
}): ResolveIdentity {
  /** Who a full member of the workspace is in Devin. */
  async function inDevin(person: Person, email: string | null): Promise<Identity> {
    const { link, ranAs, remembered } = await deps.identities.known(person);
    const { address, find } = sourceOf(person, { email, link });
    if (remembered?.address === address && isFresh(remembered.identity)) return remembered.identity;
    const identity = await find();
    if (ranAs !== null && identity.kind === 'matched' && identity.how === 'email') {
      const { devinUserId } = identity;
      if (devinUserId !== ranAs) await deps.onSwitched({ ...person, devinUserId });
    }
    await deps.identities.remember(person, { address, identity });
    return identity;
  }

  /** What finds a person: an identity counts only while its `address` is the same. */
  function sourceOf(person: Person, { email, link }: { email: string | null; link: string | null }) {
    const entry = mappedAs(deps.mapping(), { userId: person.userId, email });
    if (entry !== null) {
      return { address: `mapping:${entry.devin}`, find: async () => byEntry(person.userId, entry) };
    }
    if (link !== null) return { address: `link:${link}`, find: async () => byLink(link) };
    return { address: email, find: async () => byEmail(email) };
  }

  function isFresh({ kind, checkedAtMs }: Identity): boolean {
    const timeToLiveMs = kind === 'matched' ? MATCH_TTL_MS : NO_MATCH_TTL_MS;
    return isWithin(timeToLiveMs, deps.now() - checkedAtMs);
  }

  /** A wrong entry is refused in every mode: nobody runs as someone else. */
  async function byEntry(userId: string, entry: MappedPerson): Promise<Identity> {
    const { devin } = entry;
    const member = await mappedMember(devin);
    if (member === null) return refused('mapping-unknown', { about: { account: devin, other: null } });
    const other = await otherOf(entry, member, userId);
    if (other !== null) return refused('mapping-conflict', { about: { account: member.name, other } });
    return matched(member, 'mapping');
  }

  async function mappedMember(devin: string): Promise<Member | null> {
    if (!isEmail(devin)) return deps.findMember(devin);
    const [member = null, ...others] = (await deps.findByEmail(devin)) ?? [];
    return others.length > 0 ? null : member;
  }

  /** Another person in Slack who is also this member; null: nobody. */
  async function otherOf({ slack }: MappedPerson, member: Member, userId: string): Promise<string | null> {
    const also = mappedTo(deps.mapping(), member).find((one) => one.slack !== slack);
    return also?.slack ?? (await otherOwner(member, userId, deps.findOwner))?.name ?? null;
  }

  async function byLink(devinUserId: string): Promise<Identity> {
    const member = await deps.findMember(devinUserId);
    if (member === null) return unmatched('unknown', null);
    // The file wins over a link.
    const other = mappedTo(deps.mapping(), member)[0];
    return other === undefined
      ? matched(member, 'administrator')
      : refused('mapping-conflict', { about: { account: member.name, other: other.slack } });
  }

  async function byEmail(email: string | null): Promise<Identity> {
    if (email === null) return unmatched('no-email', null);
    const members = await deps.findByEmail(email);
    if (members === null) return unmatched('lookup-forbidden', email);
    const [member, ...others] = members;
    if (member === undefined) return unmatched('unknown', email);
    return others.length > 0 ? unmatched('ambiguous', email) : matched(member, 'email');
  }

  function matched(member: Member, how: 'administrator' | 'email' | 'mapping'): Identity {
    const { userId: devinUserId, name } = member;
    return { kind: 'matched', devinUserId, name, how, checkedAtMs: deps.now() };
  }

  function unmatched(reason: NoMatchReason, email: string | null): Identity {
    return deps.impersonation === 'required'
      ? refused(reason, { maskedEmail: email && maskEmail(email) })
      : { kind: 'service-user', because: reason, checkedAtMs: deps.now() };
  }

  function refused(
    reason: RefusedIdentity['reason'],
    said: Partial<Pick<RefusedIdentity, 'maskedEmail' | 'about'>> = {},
  ): Identity {
    return { kind: 'refused', reason, maskedEmail: null, ...said, checkedAtMs: deps.now() };
  }

  return async (person) => {
    const slackPerson = await deps.findPerson(person.userId);
    // In every mode.
    if (slackPerson?.kind !== 'member') return refused(slackPerson?.kind ?? 'external');
    const { name: slackName, email } = slackPerson;
    if (deps.impersonation === 'off')
      return { kind: 'service-user', because: 'off', slackName, checkedAtMs: deps.now() };
    const identity = await inDevin(person, email);
    return identity.kind === 'refused' ? identity : { ...identity, slackName };
  };
}

/** Another person in Slack who has the member's address; null: nobody, or the app may not look. */
export async function otherOwner(
  { email }: Member,
  userId: string,
  findOwner: (email: string) => Promise<SlackPerson | null>,
): Promise<SlackPerson | null> {
  const owner = email === null ? null : await findOwner(email);
  return owner === null || owner.kind === 'deactivated' || owner.userId === userId ? null : owner;
}

/** Devin's members; null: they may not be read, or there is no such member. */
export function lookUpMembers(members: Pick<Devin['members'], 'findByEmail' | 'get'>) {
  return {
    findByEmail: async (email: string) => nullIf(['forbidden', 'not-found'], members.findByEmail(email)),
    findMember: async (devinUserId: string) => nullIf(['not-found'], members.get(devinUserId)),
  };
}

export type FindMember = ReturnType<typeof lookUpMembers>['findMember'];
