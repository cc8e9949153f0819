import {
  SESSION_LIMIT,
  type Approvers,
  type Explained,
  type PolicyDecision,
} from '../../session/policy/decide.ts';
import { capThatFits, type LimitReached, type Limits, type LimitUsage } from '../../session/policy/limits.ts';
import { acuWords } from '../../text/amounts.ts';
import type { Text } from '../../text/index.ts';
import { runAction } from '../ids.ts';
import { optionWords, shownMoment } from './details-values.ts';
import { notice, renewal } from './notices.ts';
import { button, buttonRow, joinParts, packed, type Rendered } from './objects.ts';
import type { FormIdentity } from './session-form.ts';
import { bold, escape, oneLine, truncate } from './text.ts';
import { leftLines } from './usage.ts';

/** What would happen to a session: any, or one with the options that were asked about. `explained`: null without a policy. */
export type Why = {
  session: 'any' | 'asked';
  /** Who asks: nobody approves their own request. */
  userId: string;
  explained: Explained | null;
  limits: Limits;
  usage: LimitUsage;
  /** The limit that a session would exceed; null: none. */
  reached: LimitReached | null;
};

const SENTENCE_LENGTH = 1000;

/** The decision first, then why, what the place sets, and what is left of each limit. */
export function renderWhy(why: Why, text: Text): Rendered {
  return notice([...whyLines(why, text), text.notices.nothingStarted]);
}

function whyLines(why: Why, text: Text): string[] {
  const { explained, reached } = why;
  const decision = explained?.decision ?? null;
  return [
    bold(titleOf(why, text)),
    ...(reached === null ? [] : [escape(text.notices.limits[reached.limit](reached))]),
    ...decisionLines(decision, why.userId, text),
    ...renewalLines(explained, text),
    ...(explained === null ? [] : placeLines(explained, text)),
    ...limitLines(why, text),
  ];
}

function titleOf({ session, explained, reached }: Why, { policy: { why } }: Text): string {
  const what = why.session[session];
  if (reached !== null) return why.refused(what);
  if (explained === null) return why.allowed(what);
  const { decision } = explained;
  const isLower = decision.kind === 'refused' && allowsLowerCap(decision);
  return isLower ? why.lowerCap(what) : why[decision.kind](what);
}

function allowsLowerCap({ over, most }: Extract<PolicyDecision, { kind: 'refused' }>): boolean {
  return most !== undefined || (over !== undefined && capThatFits(over) !== null);
}

function renewalLines(explained: Explained | null, text: Text): string[] {
  const { decision, renewsAtMs = null } = explained ?? {};
  if (decision?.kind !== 'refused' || decision.over === undefined || renewsAtMs === null) return [];
  return [renewal({ left: decision.over.left, renewsAtMs }, text)];
}

type NeedsApproval = Extract<PolicyDecision, { kind: 'approval' }>;

function decisionLines(decision: PolicyDecision | null, userId: string, text: Text): string[] {
  const { explain, why } = text.policy;
  if (decision === null) return [why.noPolicy];
  const { kind, rule } = decision;
  if (kind === 'allowed') return [rule === null ? explain.noRule : escape(explain.byRule(rule))];
  const reason = reasonOf(decision, text);
  const said = decision.say === null ? [] : [truncate(escape(decision.say), SENTENCE_LENGTH)];
  const caps = capLines(decision, text);
  if (kind === 'refused') return [escape(reason), ...caps, ...said];
  return [escape(reason), ...caps, ...said, approversLine(decision, userId, text)];
}

/** Who is in a group isn't looked up. */
function approversLine({ approvers, need }: NeedsApproval, userId: string, { policy, joins }: Text): string {
  const others = approvers.filter((one) => one.kind !== 'user' || one.id !== userId);
  const enough = others.length >= need || others.some(({ kind }) => kind === 'group');
  const names = joins.list(others.map((one) => patternMention(one)));
  return enough ? policy.why.approvers(need, names) : policy.why.lacksApprovers;
}

/** The rule, limit or budget that decides. */
export function reasonOf(
  { rule, over }: Exclude<PolicyDecision, { kind: 'allowed' }>,
  { policy: { explain } }: Text,
): string {
  if (rule === SESSION_LIMIT) return explain.sessionLimit;
  return over === undefined ? explain.decides(rule) : explain.ceiling[over.key];
}

/** The cap that is too high, which the person may not have typed, and one that fits. */
function capLines({ over }: Exclude<PolicyDecision, { kind: 'allowed' }>, text: Text): string[] {
  if (over === undefined || over.asked === null) return [];
  const { asked, lower } = text.policy.ceilings;
  const fits = capThatFits(over);
  const instead = fits === null ? '' : lower(String(fits));
  return [text.joins.sentences([asked(acuWords(over.asked)), instead])];
}

/** A private message pings nobody. */
function patternMention(one: Approvers[number]): string {
  switch (one.kind) {
    case 'user':
      return `<@${one.id}>`;
    case 'group':
      return `<!subteam^${one.id}>`;
    case 'email':
      return escape(one.glob);
  }
}

function placeLines({ set, defaults, instructions }: Explained, text: Text): string[] {
  const { explain } = text.policy;
  const listed = (heading: string, values: Explained['set']): string[] => {
    const lines = optionWords(values, text).map((line) => `• ${line}`);
    return lines.length === 0 ? [] : [bold(heading), ...lines];
  };
  return [
    ...listed(explain.values, set),
    ...listed(explain.defaults, defaults),
    ...(instructions === null
      ? []
      : [`${bold(explain.instructions)} ${truncate(escape(oneLine(instructions)), SENTENCE_LENGTH)}`]),
  ];
}

/** Only those in force. */
function limitLines({ limits, usage, explained }: Why, text: Text): string[] {
  const { why } = text.policy;
  const { openSessions, startsPerHour } = limits;
  const { most = null, ceilings: inForce = [] } = explained ?? {};
  const lines = [
    ...(openSessions > 0 ? [why.openSessions(usage.openSessions, openSessions)] : []),
    ...(startsPerHour > 0 ? [why.startsPerHour(usage.startsPerHour, startsPerHour)] : []),
    ...(most === null ? [] : [why.perSession(most)]),
    ...leftLines(inForce, text),
  ];
  return lines.length === 0 ? [] : [bold(why.limits), ...lines.map((line) => `• ${line}`)];
}

/** Who a person's sessions run as, and how the app knows; `how`: null if the first sentence says it. */
export function identityLines(runsAs: FormIdentity, text: Text): { who: string; how: string | null } {
  switch (runsAs.kind) {
    case 'looking':
      return { who: text.home.runsAs.looking, how: null };
    case 'member':
      return {
        who: text.home.runsAs.member(bold(escape(runsAs.name))),
        how: text.joins.sentences([escape(runsAs.how), ...checked(runsAs, text)]),
      };
    case 'service-user':
      return { who: text.joins.sentences([escape(runsAs.why), ...checked(runsAs, text)]), how: null };
    case 'not-known':
      return { who: escape(runsAs.why), how: null };
    case 'refused':
      return { who: `:warning: ${text.modal.cannotStart(escape(runsAs.why))}`, how: null };
  }
}

function checked({ checkedAtMs }: { checkedAtMs?: number }, text: Text): string[] {
  return checkedAtMs === undefined ? [] : [text.home.runsAs.checked(shownMoment(checkedAtMs, text))];
}

/** `why`: what the person may do here; null: nothing, or that is not known. `canLink`: a link to Devin would help. */
type Whoami = { runsAs: FormIdentity; why: Why | null; canLink: boolean };

/** Who a person's sessions run as, how the app knows, and what the person may do here. */
export function renderWhoami({ runsAs, why, canLink }: Whoami, text: Text): Rendered {
  const { who, how } = identityLines(runsAs, text);
  const lines = [who, ...(how === null ? [] : [how]), ...(why === null ? [] : whyLines(why, text))];
  const again = button(runAction(0), text.card.buttons['check-again'], 'whoami again');
  const linking = button(runAction(1), text.policy.linking, 'help admin');
  return joinParts([packed(lines), buttonRow(again, ...(canLink ? [linking] : []))]);
}
