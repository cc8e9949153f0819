import type { Kysely } from 'kysely';
import type { IntentOf } from '../../../session/intent.ts';
import type { Identity } from '../../../session/identity.ts';
import type { Person } from '../../../store/identities.ts';
import type { Limiter } from '../../../store/limiter.ts';
import type { Tables } from '../../../store/tables.ts';
import type { QuickGate } from '../../../trust/index.ts';
import type { Rendered } from '../../blocks/objects.ts';
import { renderWhoami } from '../../blocks/whoami.ts';
import type { Why } from '../../blocks/why.ts';
import { shownIdentity } from '../../form-view.ts';
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
