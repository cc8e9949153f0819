import { DevinError } from '../devin/errors.ts';
import { devinReason } from '../errors.ts';
import type { IdentityResolver } from '../identity/resolve.ts';
import type { AnswerTo } from '../queue/index.ts';
import { effectivePreferences } from '../session/preferences.ts';
import { maySteer, ownershipOf } from '../session/steering.ts';
import type { Steering } from '../session/steering.ts';
import { refuseSteering } from '../slack/authority.ts';
import { notice } from '../slack/blocks/notices.ts';
import { escape } from '../slack/blocks/text.ts';
import { slackFailure } from '../slack/errors.ts';
import type { Outbound } from '../slack/outbound.ts';
import type { TextFor } from '../slack/text-for.ts';
import type { Envelopes } from '../store/envelope.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Settings } from '../store/settings.ts';
import type { Text } from '../text/index.ts';

/** Why something was not done, in a plain sentence. Rethrows what is neither Devin's nor Slack's: a bug. */
export function notDone(error: unknown, text: Text): string {
  if (!(error instanceof DevinError)) {
    slackFailure(error);
    return text.steering.slackUnavailable;
  }
  switch (error.code) {
    case 'rate-limited':
    case 'not-sent':
    case 'unavailable':
    case 'no-answer':
      return text.devin.notNow;
    case 'invalid-request':
      return text.devin.refused(error.facts.detail);
    default:
      return devinReason({ kind: 'devin', ...error.facts }, text);
  }
}

/** Why a person may not steer what was asked for, or why that cannot be told now, escaped; null: they may. */
export type SteeringRefusal = (request: SessionRequest, userId: string) => Promise<string | null>;

export function createSteeringRefusal(check: SteeringCheck, textFor: TextFor): SteeringRefusal {
  return async (request, userId) => {
    const text = await textFor(userId);
    try {
      return refuseSteering(await check(request, userId), { request, userId }, text);
    } catch (error) {
      return escape(notDone(error, text));
    }
  };
}

type CheckDeps = { resolver: IdentityResolver; settings: Pick<Settings, 'preferencesFor'> };
type Asked = Pick<SessionRequest, 'teamId' | 'channelId' | 'userId' | 'source' | 'identity'>;

/** Whether a person may steer what was asked for in this request, by the policy where it was asked for. */
export type SteeringCheck = (request: Asked, userId: string) => Promise<Steering>;

/** Throws when Slack or Devin cannot be asked who the person is. */
export function createSteeringCheck({ resolver, settings }: CheckDeps): SteeringCheck {
  return async (request, userId) => {
    const { teamId, channelId } = request;
    const [identity, layers] = await Promise.all([
      resolver.resolve({ teamId, userId }),
      settings.preferencesFor({ teamId, channelId, userId }),
    ]);
    const { steer: policy } = effectivePreferences(layers);
    return maySteer({ policy, ownership: ownershipOf(request), person: { userId, identity } });
  };
}

/** Tells one person privately how what they asked for went. */
export type Answerer = {
  /** Plain sentences, in the words of the catalog or of Devin. */
  say(userId: string, answerTo: AnswerTo, ...sentences: string[]): Promise<void>;
  /** Sentences with mentions and links: everything else in them is escaped. */
  sayEscaped(userId: string, answerTo: AnswerTo, ...sentences: string[]): Promise<void>;
};

type AnswerDeps = { envelopes: Pick<Envelopes, 'open'>; outbound: Pick<Outbound, 'tellPrivately'> };

export function createAnswerer({ envelopes, outbound }: AnswerDeps): Answerer {
  async function sayEscaped(userId: string, answerTo: AnswerTo, ...sentences: string[]): Promise<void> {
    const { id, sealed, channelId, threadTs } = answerTo;
    const responseUrl = envelopes.open(id, sealed)?.responseUrl ?? null;
    await outbound.tellPrivately({ userId, channelId, threadTs, responseUrl }, notice(sentences));
  }

  return {
    sayEscaped,
    say: async (userId, answerTo, ...sentences) => sayEscaped(userId, answerTo, ...sentences.map(escape)),
  };
}
