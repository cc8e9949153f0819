import { applyDefaults } from '../session/defaults.ts';
import { fields, type FieldValues, type StoredDraft } from '../session/fields.ts';
import {
  decide,
  passedOver,
  rulesAt,
  termsOf,
  type Decision,
  groupsIn,
  type PolicyFacts,
  type PolicyPlace,
} from '../session/policy/decide.ts';
import {
  ceilingsOf,
  NOTHING_SPENT,
  ruleOf,
  type CeilingKey,
  type Spend,
  type Spent,
} from '../session/policy/limits.ts';
import { patternWords, type PlaceWord } from '../session/policy/patterns.ts';
import type { Policy } from '../session/policy/schema.ts';
import { renderProblems } from '../slack/command/help.ts';
import { parseTask } from '../slack/command/parse.ts';
import { isDirectMessage, placeKindOf } from '../slack/edge/places.ts';
import { optionWords } from '../slack/views/details.ts';
import { hurdleSentence } from '../slack/views/notices.ts';
import { unescape } from '../slack/views/text.ts';
import { moneyWords, type Text } from '../text/index.ts';

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
  const { defaults, instructions } = rulesAt(policy, place);
  const draft = applyDefaults({ channel: defaults, request: asked });
  const request = {
    draft,
    // They can't be typed.
    hasSessionSecrets: false,
    hasAttachments: (draft.values.attachment_urls ?? []).length > 0,
    approved: [],
  };
  const spend = question.spent ?? {};
  const facts = { person: personOf(policy, question), place, request, spend, at: new Date() };
  const decision = decide(policy, facts);
  const ceilings = ceilingsOf(policy, spend);
  return [
    ...decisionLines(policy, decision, text),
    ...passedOverLines(policy, facts, text),
    ...valueLines(words.values, setIn(decision), text),
    ...ceilings.map((one) => text.joins.labeled(ruleOf(one.key), moneyWords(one, text))),
    ...(ceilings.length > 0 && question.spent === null ? [words.nothingSpent] : []),
    ...valueLines(words.defaults, defaults, text),
    ...(instructions === null ? [] : [words.instructions, ...indented(instructions)]),
  ];
}

/** Everything that is in the way, the worst first. */
function decisionLines(policy: Policy, { hurdles, rule }: Decision, text: Text): string[] {
  const words = text.policy.explain;
  const [first] = hurdles;
  if (first === undefined) return [words.allowed, rule === null ? words.noRule : words.byRule(rule)];
  const { need, approvers } = termsOf(policy, first.rule);
  const names = approvers.map(patternWords).join(', ');
  return [
    (first.verdict === 'refuse' ? words.refused : words.approval)(first.rule),
    ...hurdles.flatMap((hurdle) => hurdleSentence(hurdle, text).split('\n')),
    ...(first.verdict === 'approve' ? [text.policy.why.approvers(need, names)] : []),
  ];
}

function setIn({ draft: { values, sources } }: Decision): FieldValues {
  const of: FieldValues = values;
  const set = fields.filter(({ key }) => sources[key] === 'policy');
  return Object.fromEntries(set.map(({ key }) => [key, of[key]]));
}

function passedOverLines(policy: Policy, facts: PolicyFacts, { policy: { explain: words } }: Text): string[] {
  const rules = passedOver(policy, facts);
  if (rules.length === 0) return [];
  return [words.passedOver, ...rules.map(({ name, parts }) => `  ${name}: ${parts.join(', ')}`)];
}

function valueLines(heading: string, values: FieldValues, text: Text): string[] {
  const lines = optionWords(values, text).map((line) => `  ${unescape(line)}`);
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
  const spent = new Map<CeilingKey, Spent>();
  for (const part of written.split(',')) {
    const [, name = '', acu] = PART.exec(part.trim()) ?? [];
    const key = CEILING_OF.get(name);
    if (key === undefined || spent.has(key)) return null;
    spent.set(key, { ...NOTHING_SPENT, used: Number(acu) });
  }
  return Object.fromEntries(spent);
}
