import { applyDefaults } from '../session/defaults.ts';
import type { StoredDraft } from '../session/fields.ts';
import { decide, needsOf, rulesAt, type PolicyFacts } from '../session/policy/decide.ts';
import { ceilingsIn } from '../session/policy/limits.ts';
import type { PlaceWord } from '../session/policy/patterns.ts';
import type { Policy } from '../session/policy/schema.ts';
import { renderProblems } from '../slack/command/help.ts';
import { parseTask } from '../slack/command/parse.ts';
import { hurdleSentence } from '../slack/views/notices.ts';
import { present, unescape } from '../slack/views/text.ts';
import type { Text } from '../text/index.ts';

/** From a command line. What is left out is empty. */
type Question = {
  user: string;
  email: string;
  groups: readonly string[];
  channel: string;
  channelName: string;
  /** Empty: public. */
  kinds: readonly PlaceWord[];
  text: string;
  command: string;
};

/** The first word: scripts read it. */
const DECISION = { allow: 'allowed', refuse: 'refused', approve: 'approval' };

/** What a command would lead to if nothing is spent. `problems`: why the command wouldn't take this text. */
export function explain(
  policy: Policy,
  { command, ...question }: Question,
  text: Text,
): { lines: string[] } | { problems: string[] } {
  const intent = parseTask(question.text);
  if (intent.kind === 'invalid')
    return { problems: renderProblems(intent.problems, command, text).map(unescape) };
  const facts = factsOf(policy, question, intent.kind === 'create' ? intent.draft : {});
  const { hurdles, rule: allowing } = decide(policy, facts);
  const { verdict, rule } = hurdles[0] ?? { verdict: 'allow' as const, rule: allowing };
  return {
    lines: [
      [DECISION[verdict], ...present([rule])].join(': '),
      ...hurdles.flatMap((hurdle) => hurdleSentence(hurdle, text).split('\n')),
    ],
  };
}

function factsOf(
  policy: Policy,
  { user, email, groups, channel, channelName, kinds }: Omit<Question, 'command'>,
  asked: StoredDraft,
): PolicyFacts {
  const is = (word: PlaceWord): boolean => (kinds.length === 0 ? word === 'public' : kinds.includes(word));
  const place = {
    channelId: channel,
    name: channelName.replace(/^#/, ''),
    is: { public: is('public'), private: is('private'), direct: is('direct'), shared: is('shared') },
  };
  const isIn = needsOf(policy).groups.map((id) => [id, groups.includes(id)] as const);
  return {
    person: { userId: user, email, groups: new Map(isIn) },
    place,
    request: {
      draft: applyDefaults({ channel: rulesAt(policy, place).defaults, request: asked }),
      // They can't be typed.
      hasSessionSecrets: false,
      hasAttachments: (asked.attachment_urls ?? []).length > 0,
    },
    ceilings: ceilingsIn(policy.limits),
    at: new Date(),
  };
}
