import { applyDefaults } from '../session/defaults.ts';
import type { FieldValues, StoredDraft } from '../session/fields.ts';
import {
  decide,
  passedOver,
  placeDefaults,
  standingInstructions,
  type PolicyDecision,
} from '../session/policy/decide.ts';
import { ceilingsOf, type CeilingKey, type CeilingLeft, type Spend } from '../session/policy/limits.ts';
import { groupsIn, type PolicyFacts, type PolicyPlace } from '../session/policy/match.ts';
import { patternWords, type PlaceWord } from '../session/policy/patterns.ts';
import type { Policy } from '../session/policy/schema.ts';
import { optionWords } from '../slack/blocks/details-values.ts';
import { unescape } from '../slack/blocks/text.ts';
import { reasonOf } from '../slack/blocks/why.ts';
import { renderProblems } from '../slack/command/help.ts';
import { parseTask } from '../slack/command/parse.ts';
import { isDirectMessage, placeKindOf } from '../slack/places.ts';
import { leftWords } from '../text/amounts.ts';
import type { Text } from '../text/index.ts';

/** From a command line. What is left out is empty. */
type Question = {
  user: string;
  email: string;
  groups: readonly string[];
  channel: string;
  channelName: string;
  /** Empty: as the channel's id and name say. */
  kinds: readonly PlaceWord[];
  text: string;
  /** ACU already counted under each ceiling; null: not given. */
  spent: Spend | null;
  command: string;
  /** The app adds a tag of its own to each session. */
  ownTag: boolean;
};

/** `problems`: why the command wouldn't take this text either. */
type Explanation = { lines: string[] } | { problems: string[] };

/** What a command would lead to: its decision, the reason, what the policy sets, and what it adds to the task. */
export function explain(policy: Policy, question: Question, text: Text): Explanation {
  const { ownTag, command } = question;
  const intent = parseTask(question.text, { ownTag });
  if (intent.kind === 'invalid') {
    const problems = renderProblems(intent.problems, command, text);
    return { problems: [text.policy.explain.noText, ...problems.map(unescape)] };
  }
  return {
    lines: explainDraft(policy, question, { asked: intent.kind === 'create' ? intent.draft : {}, text }),
  };
}

function explainDraft(
  policy: Policy,
  question: Question,
  { asked, text }: { asked: StoredDraft; text: Text },
): string[] {
  const words = text.policy.explain;
  const place = placeOf(question);
  const defaults = placeDefaults(policy, place);
  const { values: draft } = applyDefaults({ channel: defaults, request: asked });
  const request = {
    draft,
    // They can't be typed.
    hasSessionSecrets: false,
    hasAttachments: (draft.attachment_urls ?? []).length > 0,
    approved: [],
  };
  const spend = question.spent ?? {};
  const facts = { person: personOf(policy, question), place, request, spend };
  const decision = decide(policy, facts);
  const ceilings = ceilingsOf(policy, { spend });
  const instructions = standingInstructions(policy, place);
  return [
    ...decisionLines(decision, text),
    ...passedOverLines(policy, facts, text),
    ...(decision.kind === 'refused' ? [] : valueLines(words.values, decision.changes, text)),
    ...leftLines(ceilings, text),
    ...(ceilings.length > 0 && question.spent === null ? [words.nothingSpent] : []),
    ...valueLines(words.defaults, defaults, text),
    ...(instructions === null ? [] : [words.instructions, ...indented(instructions)]),
  ];
}

function decisionLines(decision: PolicyDecision, text: Text): string[] {
  const words = text.policy.explain;
  const { kind, rule } = decision;
  if (kind === 'allowed') return [words.allowed, rule === null ? words.noRule : words.byRule(rule)];
  const reason = reasonOf(decision, text);
  const said = decision.say === null ? [] : [words.says(decision.say)];
  if (kind === 'refused') return [words.refused(rule), reason, ...said];
  const { need, approvers } = decision;
  const names = approvers.map(patternWords).join(', ');
  return [words.approval(rule), reason, ...said, text.policy.why.approvers(need, names)];
}

function passedOverLines(policy: Policy, facts: PolicyFacts, { policy: { explain: words } }: Text): string[] {
  const rules = passedOver(policy, facts);
  if (rules.length === 0) return [];
  return [words.passedOver, ...rules.map(({ name, parts }) => words.value(`${name}: ${parts.join(', ')}`))];
}

function leftLines(ceilings: readonly CeilingLeft[], { policy: { explain: words } }: Text): string[] {
  return ceilings.map((one) => words.left(`limits.${one.key}`, ...leftWords(one)));
}

function valueLines(heading: string, values: FieldValues, text: Text): string[] {
  const lines = optionWords(values, text).map((line) => text.policy.explain.value(unescape(line)));
  return lines.length === 0 ? [] : [heading, ...lines];
}

function indented(words: string): string[] {
  return words.split('\n').map((line) => (line === '' ? '' : `  ${line}`));
}

function personOf(policy: Policy, { user, email, groups }: Question): PolicyFacts['person'] {
  const isIn = groupsIn(policy).map((id) => [id, groups.includes(id)] as const);
  return { userId: user, email, groups: new Map(isIn) };
}

function placeOf({ channel, channelName, kinds }: Question): PolicyPlace {
  const name = channelName.replace(/^#/, '');
  const found = kinds.length > 0 ? kinds : [kindOf(channel, name)];
  const is = (word: PlaceWord): boolean => found.includes(word);
  return {
    channelId: channel,
    name,
    is: { public: is('public'), private: is('private'), direct: is('direct'), shared: is('shared') },
  };
}

function kindOf(channelId: string, name: string): PlaceWord {
  if (isDirectMessage(channelId)) return 'direct';
  return channelId.startsWith('G') ? 'private' : (placeKindOf(name) ?? 'public');
}

const CEILING_OF: ReadonlyMap<string, CeilingKey> = new Map([
  ['person', 'acu_per_person_per_day'],
  ['channel', 'acu_per_channel_per_day'],
  ['month', 'acu_per_month'],
]);
const PART = /^(\w+)=(\d{1,9}(?:\.\d{1,3})?)$/;

/** Reads `person=N,channel=N,month=N`, each at most once and in any order; null: something else. */
export function readSpent(written: string): Spend | null {
  const spent: Partial<Record<CeilingKey, number>> = {};
  for (const part of written.split(',')) {
    const [, name = '', acu] = PART.exec(part.trim()) ?? [];
    const key = CEILING_OF.get(name);
    if (key === undefined || spent[key] !== undefined) return null;
    spent[key] = Number(acu);
  }
  return spent;
}
