import { z } from 'zod';
import { PERSON_ID } from '../identity.ts';

/** A person of Slack, or everyone in a user group. */
type MemberPattern = { kind: 'user' | 'group'; id: string };
/** Who a rule is about: these, or everyone with such an address. */
export type PersonPattern = MemberPattern | { kind: 'email'; glob: string };

/** The kind of a conversation; a shared one is also public or private. */
export const PLACE_WORDS = ['public', 'private', 'direct', 'shared'] as const;
export type PlaceWord = (typeof PLACE_WORDS)[number];

export type PlacePattern =
  | { kind: 'channel'; id: string }
  | { kind: 'name'; glob: string }
  | { kind: 'word'; word: PlaceWord };

const GROUP = /^S[A-Z0-9]+$/;
const CHANNEL = /^[CGD][A-Z0-9]+$/;
const DURATION = /^(\d{1,4})([mhd])$/;

/** The longest entry that isn't text for people, in characters. */
const MAX_PATTERN = 200;
/** In a list of the file. */
export const MAX_ENTRIES = 500;
const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const MAX_EXPIRY_MS = 30 * UNIT_MS.d;

/** `message`s are names of sentences in the catalog: `text/` knows nobody here. */
export type PolicyFault =
  | 'person'
  | 'member'
  | 'channel'
  | 'mode'
  | 'repository'
  | 'duration'
  | 'limit-name'
  | 'twice'
  | 'no-approvers'
  | 'budget-without-cap';

export const pattern = z.string().trim().min(1).max(MAX_PATTERN);

function fault(context: z.RefinementCtx, message: PolicyFault): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}

function memberIn(typed: string): MemberPattern | null {
  if (PERSON_ID.test(typed)) return { kind: 'user', id: typed };
  return GROUP.test(typed) ? { kind: 'group', id: typed } : null;
}

/** A person or a user group: someone who can be notified. */
export const member = pattern.transform((typed, context) => memberIn(typed) ?? fault(context, 'member'));

export const person = pattern.transform((typed, context): PersonPattern => {
  const email = typed.includes('@') ? ({ kind: 'email', glob: typed } as const) : null;
  return memberIn(typed) ?? email ?? fault(context, 'person');
});

export const place = pattern.transform((typed, context): PlacePattern => {
  const word = PLACE_WORDS.find((known) => known === typed);
  if (word !== undefined) return { kind: 'word', word };
  if (CHANNEL.test(typed)) return { kind: 'channel', id: typed };
  const isName = typed.startsWith('#') && typed.length > 1;
  return isName ? { kind: 'name', glob: typed.slice(1) } : fault(context, 'channel');
});

/** `30m`, `4h`, `2d`, in milliseconds. */
export const duration = pattern.transform((typed, context): number => {
  const [, count = '0', unit = ''] = DURATION.exec(typed) ?? [];
  const ms = unit === 'm' || unit === 'h' || unit === 'd' ? Number(count) * UNIT_MS[unit] : 0;
  return ms > 0 && ms <= MAX_EXPIRY_MS ? ms : fault(context, 'duration');
});

/** As it is written in the file. */
export function patternWords(one: PersonPattern): string {
  return one.kind === 'email' ? one.glob : one.id;
}

/**
 * Whether a text matches a pattern: `*` matches any run of characters, everything else itself, without regard to case.
 * Each piece between two stars is searched for once, after the one before it: its time is linear.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const value = lowered(text);
  const [first = '', ...others] = lowered(pattern).split('*');
  const last = others.pop();
  if (last === undefined) return value === first;
  if (!value.startsWith(first) || !value.endsWith(last)) return false;
  const end = value.length - last.length;
  let at = first.length;
  for (const piece of others) {
    const found = value.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return at <= end;
}

/** Leaves out the Kelvin sign and the dotted İ: in lower case, they begin with an ASCII letter. */
function lowered(text: string): string {
  return text.replaceAll(/[^\u0130\u212A]+/g, (run) => run.toLowerCase());
}
