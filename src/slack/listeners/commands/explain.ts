import type { Kysely } from 'kysely';
import type { Identity } from '../../../session/identity.ts';
import type { IntentOf } from '../../../session/intent.ts';
import type { Person } from '../../../store/identities.ts';
import type { Limiter } from '../../../store/limiter.ts';
import type { Tables } from '../../../store/tables.ts';
import type { QuickGate } from '../../../trust/index.ts';
import { notice, refusal } from '../../blocks/notices.ts';
import type { Rendered } from '../../blocks/objects.ts';
import { escape, unescape } from '../../blocks/text.ts';
import { renderWhoami } from '../../blocks/whoami.ts';
import { renderWhy } from '../../blocks/why.ts';
import type { Why } from '../../blocks/why.ts';
import { renderProblems } from '../../command/help.ts';
import { shownIdentity } from '../../form-view.ts';
import { refusalSentence } from '../../identity-words.ts';
import type { Intake } from '../../intake.ts';
import type { Ask } from '../asked.ts';

export type WhoamiDeps = {
  db: Kysely<Tables>;
  intake: Pick<Intake, 'effective'>;
  limiter: Pick<Limiter, 'usage'>;
  explain: QuickGate['explain'];
  /** null: that could not be found out in the time that Slack gives. */
  identify: (person: Person) => Promise<Identity | null>;
  /** What Slack and Devin said of the person counts no longer. */
  forgetIdentity: (person: Person) => Promise<void>;
};

/** Who the person is in Devin, how that is known, and what they may do here, without a task. */
export function createWhoamiCommand(deps: WhoamiDeps) {
  const { db, intake, limiter, explain, identify, forgetIdentity } = deps;

  async function whyOf(ask: Ask): Promise<Why | null> {
    const { teamId, userId, channelId, placeKind } = ask;
    const [draft, { limits, usage }] = await Promise.all([
      intake.effective(ask, { draft: {}, reset: [] }),
      limiter.usage({ teamId, userId }, db),
    ]);
    const explained = await explain({ teamId, userId, channelId, placeKind, draft });
    return explained === 'not-known' ? null : { explained, limits, usage };
  }

  return async (ask: Ask, { again }: IntentOf<'whoami'>): Promise<Rendered> => {
    const { teamId, userId, text } = ask;
    if (again) await forgetIdentity({ teamId, userId });
    const identity = await identify({ teamId, userId });
    if (identity === null)
      return renderWhoami({ runsAs: { kind: 'not-known', why: text.home.runsAs.notKnown }, why: null }, text);
    const why = identity.kind === 'refused' ? null : await whyOf(ask);
    return renderWhoami({ runsAs: shownIdentity(identity, text), why }, text);
  };
}

export type WhyDeps = {
  command: string;
  db: Kysely<Tables>;
  intake: Pick<Intake, 'effective'>;
  limiter: Pick<Limiter, 'usage'>;
  explain: QuickGate['explain'];
  /** null: that could not be found out in the time that Slack gives. */
  identify: (person: Person) => Promise<Identity | null>;
};

/** What would become of these options here, by the decision that a start rests on. Starts nothing. */
export function createWhyCommand({ command, db, intake, limiter, explain, identify }: WhyDeps) {
  return async (ask: Ask, { draft, reset, problems }: IntentOf<'why'>): Promise<Rendered> => {
    const { teamId, userId, channelId, placeKind, text } = ask;
    const words = text.policy.why;
    if (problems.length > 0) {
      const typed = `${command} ${unescape(ask.typed)}`;
      const told = renderProblems(problems, 'defaults', text);
      return refusal({ problems: told, typed, formId: null, title: words.nothingDecided }, text);
    }
    const { session_secrets: _never, ...stored } = draft;
    const [identity, effective, { limits, usage }] = await Promise.all([
      identify({ teamId, userId }),
      intake.effective(ask, { draft: stored, reset }),
      limiter.usage({ teamId, userId }, db),
    ]);
    if (identity === null) return notice([words.notKnown]);
    if (identity.kind === 'refused') return notice([escape(refusalSentence(identity, text))]);
    const explained = await explain({ teamId, userId, channelId, placeKind, draft: effective });
    if (explained === 'not-known') return notice([words.notKnown]);
    return renderWhy({ explained, limits, usage }, text);
  };
}
