import type { App } from '@slack/bolt';
import type { Lookup } from '../../session/fields.ts';
import type { Person } from '../../store/identities.ts';
import { lookupOptions } from '../blocks/lookup-options.ts';
import type { Suggestion } from '../blocks/lookup-options.ts';
import { LOOKUP_ACTION, readLookupAction } from '../ids.ts';
import type { TextFor } from '../text-for.ts';

/**
 * Suggestions for what was typed; none when Devin is slow, busy or does not allow the look-up, nor for people who may
 * start nothing.
 */
export type Suggest = (person: Person, lookup: Lookup, typed: string) => Promise<Suggestion[]>;

type OptionDeps = { suggest: Suggest; textFor: TextFor };

export function listenToOptions(app: App, { suggest, textFor }: OptionDeps): void {
  app.options(LOOKUP_ACTION, async ({ options, ack }) => {
    const lookup = readLookupAction(options.action_id);
    const typed = options.value.trim();
    const { team, user } = options;
    const person = { teamId: team?.id ?? user.team_id ?? '', userId: user.id };
    const found = lookup === null ? [] : await suggest(person, lookup, typed);
    await ack({ options: lookupOptions(found, typed, await textFor(user.id)) });
  });
}
