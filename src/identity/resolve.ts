import type { Member } from '../devin/members.ts';
import type { Identity, RefusalReason } from '../session/identity.ts';
import type { SlackPerson } from '../session/person.ts';
import type { Identities, Person } from '../store/identities.ts';

export type MemberLookup =
  | { kind: 'found'; members: Member[] }
  /** The service user may not read members. */
  | { kind: 'forbidden' };

type Impersonation = 'required' | 'preferred' | 'off';

type ResolveDeps = {
  impersonation: Impersonation;
  findPerson: (userId: string) => Promise<SlackPerson | null>;
  findByEmail: (email: string) => Promise<MemberLookup>;
  findMember: (devinUserId: string) => Promise<Member | null>;
  identities: Pick<Identities, 'cached' | 'remember' | 'link'>;
  now: () => number;
};

const MATCH_TTL_MS = 60 * 60 * 1000;
const NO_MATCH_TTL_MS = 2 * 60 * 1000;

export type IdentityResolver = ReturnType<typeof createIdentityResolver>;

/**
 * Which member of the Devin organization a Slack person is. An administrator's link comes first, then the Slack
 * profile's confirmed address. People cannot claim an identity for themselves.
 */
export function createIdentityResolver(deps: ResolveDeps) {
  /** Who a full member of the workspace is in Devin. */
  async function inDevin(person: Person, address: string | null): Promise<Identity> {
    const cached = await deps.identities.cached(person, address);
    if (cached !== null && deps.now() - cached.checkedAtMs < timeToLive(cached)) return cached;
    const identity = (await byLink(person)) ?? (await byEmail(address));
    await deps.identities.remember(person, { address, identity });
    return identity;
  }

  async function byLink(person: Person): Promise<Identity | null> {
    const devinUserId = await deps.identities.link(person);
    if (devinUserId === null) return null;
    const member = await deps.findMember(devinUserId);
    return member === null ? unmatched('unknown', null) : matched(member, 'administrator');
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

  function unmatched(reason: RefusalReason, email: string | null): Identity {
    if (deps.impersonation === 'required') return refused(reason, email);
    return { kind: 'service-user', because: reason, checkedAtMs: deps.now() };
  }

  function refused(reason: RefusalReason, email: string | null): Identity {
    const maskedEmail = email === null ? null : maskEmail(email);
    return { kind: 'refused', reason, maskedEmail, checkedAtMs: deps.now() };
  }

  return {
    /** As things are now. Throws when Slack or Devin cannot be asked. */
    async resolve(person: Person): Promise<Identity> {
      const slackPerson = await deps.findPerson(person.userId);
      const refusal = refusedAnyway(slackPerson);
      if (slackPerson === null || refusal !== null) return refused(refusal ?? 'external', null);
      const { name: slackName, email } = slackPerson;
      if (deps.impersonation === 'off')
        return { kind: 'service-user', because: 'off', slackName, checkedAtMs: deps.now() };
      const identity = await inDevin(person, email);
      return identity.kind === 'refused' ? identity : { ...identity, slackName };
    },
  };
}

/** Refused in every mode: anybody who is not a full, active member of the workspace. */
function refusedAnyway(person: SlackPerson | null): RefusalReason | null {
  if (person === null) return 'external';
  return person.kind === 'member' ? null : person.kind;
}

function timeToLive({ kind }: Identity): number {
  return kind === 'matched' ? MATCH_TTL_MS : NO_MATCH_TTL_MS;
}

/** `j…@acme.com`: enough to recognize one's own address, not enough to learn another's. */
function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return at < 1 ? '…' : `${email.slice(0, 1)}…${email.slice(at)}`;
}
