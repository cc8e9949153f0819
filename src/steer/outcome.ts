import { DevinError } from '../devin/errors.ts';
import { actionMessage } from '../errors.ts';
import type { IdentityResolver } from '../identity/resolve.ts';
import type { AnswerTo } from '../queue/index.ts';
import type { Identity } from '../session/identity.ts';
import { effectivePreferences } from '../session/preferences.ts';
import { maySteer, ownershipOf } from '../session/steering.ts';
import type { Steering } from '../session/steering.ts';
import { refuseSteering } from '../slack/authority.ts';
import { notice } from '../slack/blocks/notices.ts';
import { escape } from '../slack/blocks/text.ts';
import { slackFailure } from '../slack/errors.ts';
import type { Outbound } from '../slack/outbound.ts';
import { answerPlace } from '../slack/places.ts';
import type { TextFor } from '../slack/text-for.ts';
import { steeringRefusal } from '../store/audit.ts';
import type { Audit } from '../store/audit.ts';
import type { Envelopes } from '../store/envelope.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Settings } from '../store/settings.ts';
import type { Text } from '../text/index.ts';

/** Why something wasn't done, as a plain sentence. Rethrows anything that is neither Devin's nor Slack's: a bug. */
export function notDone(error: unknown, text: Text): string {
  if (!(error instanceof DevinError)) {
    slackFailure(error);
    return text.steering.slackUnavailable;
  }
  return actionMessage({ kind: 'devin', ...error.facts }, text);
}

/** Why a person may not steer a request's session, or why the app can't tell now, escaped; null: they may. */
export type SteeringRefusal = (request: SessionRequest, userId: string) => Promise<string | null>;

type RefusalDeps = { check: SteeringCheck; audit: Pick<Audit, 'record'>; textFor: TextFor };

export function createSteeringRefusal({ check, audit, textFor }: RefusalDeps): SteeringRefusal {
  return async (request, userId) => {
    const text = await textFor(userId);
    try {
      const verdict = await check(request, userId);
      if (verdict.kind !== 'allowed') await audit.record(steeringRefusal(request, userId, verdict));
      return refuseSteering(verdict, { request, userId }, text);
    } catch (error) {
      return escape(notDone(error, text));
    }
  };
}

type CheckDeps = { resolver: IdentityResolver; settings: Pick<Settings, 'preferencesFor'> };
type Asked = Pick<SessionRequest, 'teamId' | 'channelId' | 'userId' | 'source' | 'identity'>;

/** Whether a person may steer a request's session, by the rules of its channel. `identity`: if it was just resolved. */
export type SteeringCheck = (request: Asked, userId: string, identity?: Identity) => Promise<Steering>;

/** Throws if Slack or Devin can't be asked who the person is. */
export function createSteeringCheck({ resolver, settings }: CheckDeps): SteeringCheck {
  return async (request, userId, resolved) => {
    const { teamId, channelId } = request;
    const [identity, layers] = await Promise.all([
      resolved ?? resolver.resolve({ teamId, userId }),
      settings.preferencesFor({ teamId, channelId, userId }),
    ]);
    const { steer: policy } = effectivePreferences(layers);
    return maySteer({ policy, ownership: ownershipOf(request), person: { userId, identity } });
  };
}

/** Tells a person privately what became of their command or button press. */
export type Notifier = {
  /** Plain sentences, which are escaped. */
  notify(userId: string, answerTo: AnswerTo, ...sentences: string[]): Promise<void>;
  /** Sentences in Slack's markup. Anything that people or Devin wrote must be escaped already. */
  notifyMarkup(userId: string, answerTo: AnswerTo, ...sentences: string[]): Promise<void>;
};

type NotifierDeps = { envelopes: Pick<Envelopes, 'open'>; outbound: Pick<Outbound, 'tellPrivately'> };

export function createNotifier({ envelopes, outbound }: NotifierDeps): Notifier {
  async function notifyMarkup(userId: string, answerTo: AnswerTo, ...sentences: string[]): Promise<void> {
    await outbound.tellPrivately(answerPlace(envelopes, userId, answerTo), notice(sentences));
  }

  return {
    notifyMarkup,
    notify: async (userId, answerTo, ...sentences) =>
      notifyMarkup(userId, answerTo, ...sentences.map(escape)),
  };
}
