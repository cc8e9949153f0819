import type { Devin, Member } from '../devin/devin.ts';
import { DevinError } from '../devin/errors.ts';
import {
  isAddress,
  mappedAs,
  mappedTo,
  type Identity,
  type MappedPerson,
  type Mapping,
  type NoMatchReason,
  type SlackPerson,
} from '../session/identity.ts';
import type { Identities, Person } from '../store/identities.ts';
import { isWithin } from '../time.ts';

type MemberLookup =
  | { kind: 'found'; members: Member[] }
  /** The service user may not read members. */
  | { kind: 'forbidden' };

type ResolveDeps = {
  impersonation: 'required' | 'preferred' | 'off';
  findPerson: (userId: string) => Promise<SlackPerson | null>;
  findByEmail: (email: string) => Promise<MemberLookup>;
  findMember: (devinUserId: string) => Promise<Member | null>;
  /** The identity file; null: there is none. */
  mapping: () => Mapping | null;
  /** Who in Slack has an address; null: nobody, or the app may not look. */
  findOwner: (email: string) => Promise<SlackPerson | null>;
  identities: Pick<Identities, 'known' | 'remember'>;
  /** The file lets this person be a member who is also another person. */
  onShared: (shared: Person & { devinUserId: string }) => Promise<void>;
  now: () => number;
};

const MATCH_TTL_MS = 60 * 60 * 1000;
const NO_MATCH_TTL_MS = 2 * 60 * 1000;

/** `address`: the address, link or entry that finds a person. An identity counts only while that is the same. */
type Way = { address: string | null; find: () => Promise<Identity> };

/** Throws if Slack or Devin can't be asked. */
export type ResolveIdentity = (person: Person) => Promise<Identity>;

/**
 * Which member of the Devin organization a Slack person is. The identity file comes first, then an administrator's
 * link, then the Slack profile's confirmed address. People cannot claim an identity for themselves.
 */
export function createResolveIdentity(deps: ResolveDeps): ResolveIdentity {
  const mapPerson = createMapPerson(deps);

  /** Who a full member of the workspace is in Devin. */
  async function inDevin(person: Person, email: string | null): Promise<Identity> {
    const { link, remembered } = await deps.identities.known(person);
    const { address, find } = wayTo(person, { email, link });
    if (remembered?.address === address && isFresh(remembered.identity)) return remembered.identity;
    const identity = await find();
    await deps.identities.remember(person, { address, identity });
    return identity;
  }

  function isFresh({ kind, checkedAtMs }: Identity): boolean {
    const timeToLiveMs = kind === 'matched' ? MATCH_TTL_MS : NO_MATCH_TTL_MS;
    return isWithin(timeToLiveMs, deps.now() - checkedAtMs);
  }

  function wayTo(person: Person, { email, link }: { email: string | null; link: string | null }): Way {
    const entry = mappedAs(deps.mapping(), { userId: person.userId, email });
    if (entry !== null)
      return {
        address: `mapping:${entry.devin}${entry.shared ? ':shared' : ''}`,
        find: async () => byEntry(person, entry),
      };
    return link === null
      ? { address: email, find: async () => byEmail(email) }
      : { address: `link:${link}`, find: async () => byLink(link) };
  }

  async function byEntry({ teamId, userId }: Person, entry: MappedPerson): Promise<Identity> {
    const identity = await mapPerson(entry, userId);
    if (entry.shared && identity.kind === 'matched')
      await deps.onShared({ teamId, userId, devinUserId: identity.devinUserId });
    return identity;
  }

  async function byLink(devinUserId: string): Promise<Identity> {
    const member = await deps.findMember(devinUserId);
    if (member === null) return unmatched('unknown', null);
    return mappedElsewhere(member) ?? matched(member, 'administrator');
  }

  /** The file wins over a link. */
  function mappedElsewhere(member: Member): Identity | null {
    const other = mappedTo(deps.mapping(), member).find(({ shared }) => !shared);
    if (other === undefined) return null;
    const about = { account: member.name, other: other.slack };
    return { kind: 'refused', reason: 'mapping-conflict', maskedEmail: null, about, checkedAtMs: deps.now() };
  }

  async function byEmail(email: string | null): Promise<Identity> {
    if (email === null) return unmatched('no-email', null);
    const lookup = await deps.findByEmail(email);
    if (lookup.kind === 'forbidden') return unmatched('lookup-forbidden', email);
    const [member, ...others] = lookup.members;
    if (member === undefined) return unmatched('unknown', email);
    return others.length > 0 ? unmatched('ambiguous', email) : matched(member, 'email');
  }

  function matched(member: Member, how: 'administrator' | 'email'): Identity {
    const { userId: devinUserId, name } = member;
    return { kind: 'matched', devinUserId, name, how, checkedAtMs: deps.now() };
  }

  function unmatched(reason: NoMatchReason, email: string | null): Identity {
    if (deps.impersonation === 'required') return refused(reason, email);
    return { kind: 'service-user', because: reason, checkedAtMs: deps.now() };
  }

  function refused(reason: NoMatchReason, email: string | null): Identity {
    const maskedEmail = email === null ? null : maskEmail(email);
    return { kind: 'refused', reason, maskedEmail, checkedAtMs: deps.now() };
  }

  return async (person) => {
    const slackPerson = await deps.findPerson(person.userId);
    // In every mode.
    if (slackPerson?.kind !== 'member') return refused(slackPerson?.kind ?? 'external', null);
    const { name: slackName, email } = slackPerson;
    if (deps.impersonation === 'off')
      return { kind: 'service-user', because: 'off', slackName, checkedAtMs: deps.now() };
    const identity = await inDevin(person, email);
    return identity.kind === 'refused' ? identity : { ...identity, slackName };
  };
}

/** `j…@acme.com`: enough to recognize your own address, not enough to learn another's. */
function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return at < 1 ? '…' : `${email.slice(0, 1)}…${email.slice(at)}`;
}

type MapDeps = Pick<ResolveDeps, 'mapping' | 'findByEmail' | 'findMember' | 'findOwner' | 'now'>;

type Refused = { reason: 'mapping-unknown' | 'mapping-conflict'; account: string; other: string | null };

/** Who a person is by the identity file. A wrong entry is refused in every mode: nobody runs as someone else. */
function createMapPerson({ mapping, findByEmail, findMember, findOwner, now }: MapDeps) {
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

  /** Another person in Slack who is also this member; null: nobody. */
  async function otherOf({ slack, shared }: MappedPerson, member: Member, userId: string) {
    if (shared) return null;
    const also = mappedTo(mapping(), member).find((one) => one.slack !== slack);
    if (also !== undefined) return also.slack;
    return (await otherOwner(member, userId, findOwner))?.name ?? null;
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

/** Another person in Slack who has the member's address; null: nobody, or the app may not look. */
export async function otherOwner(
  { email }: Member,
  userId: string,
  findOwner: ResolveDeps['findOwner'],
): Promise<SlackPerson | null> {
  const owner = email === null ? null : await findOwner(email);
  return owner === null || owner.kind === 'deactivated' || owner.userId === userId ? null : owner;
}

/** Devin's members, with the expected failures as results. */
export function lookUpMembers(members: Pick<Devin['members'], 'findByEmail' | 'get'>) {
  return {
    async findByEmail(email: string): Promise<MemberLookup> {
      try {
        return { kind: 'found', members: await members.findByEmail(email) };
      } catch (error) {
        if (error instanceof DevinError && error.code === 'forbidden') return { kind: 'forbidden' };
        throw error;
      }
    },

    async findMember(devinUserId: string): Promise<Member | null> {
      try {
        return await members.get(devinUserId);
      } catch (error) {
        if (error instanceof DevinError && error.code === 'not-found') return null;
        throw error;
      }
    },
  };
}

export type FindMember = ReturnType<typeof lookUpMembers>['findMember'];
