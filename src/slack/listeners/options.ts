import type { App } from '@slack/bolt';
import type { Lookup } from '../../session/fields.ts';
import type { Form, Forms } from '../../store/forms.ts';
import type { Person } from '../../store/identities.ts';
import { lookupOptions } from '../blocks/options.ts';
import type { Suggestion } from '../blocks/options.ts';
import { formIdIn, LOOKUP_ACTION, readLookupAction } from '../ids.ts';
import type { TextFor } from '../text-for.ts';

/**
 * Suggestions for what was typed; none when Devin is slow, busy or does not allow the look-up, nor for people who may
 * start nothing.
 */
export type Suggest = (person: Person, lookup: Lookup, typed: string) => Promise<Suggestion[]>;

type OptionsDeps = {
  forms: Pick<Forms, 'find'>;
  suggest: Suggest;
  /** null: the policy refuses nothing. Doesn't take long, whatever it finds. */
  choicesFor: (form: Form) => Promise<{ offers: Offers } | null>;
  textFor: TextFor;
};
type Offers = (lookup: Lookup, value: string) => boolean;

export function listenToOptions(app: App, { forms, suggest, choicesFor, textFor }: OptionsDeps): void {
  /** What is picked in the form that this view is, and the policy would refuse, is not offered. */
  async function offersIn(metadata: string, { userId }: Person): Promise<Offers | null> {
    const formId = formIdIn(metadata);
    const form = formId === null ? null : await forms.find(formId);
    if (form === null || form.userId !== userId) return null;
    return (await choicesFor(form))?.offers ?? null;
  }

  app.options(LOOKUP_ACTION, async ({ options, ack }) => {
    const lookup = readLookupAction(options.action_id);
    const typed = options.value.trim();
    const { team, user } = options;
    const person = { teamId: team?.id ?? user.team_id ?? '', userId: user.id };
    if (lookup === null) return ack({ options: [] });
    const [found, offers] = await Promise.all([
      suggest(person, lookup, typed),
      offersIn(options.view?.private_metadata ?? '', person),
    ]);
    const offered = lookupOptions(found, typed, await textFor(user.id));
    await ack({ options: offered.filter(({ value = '' }) => offers?.(lookup, value) ?? true) });
  });
}
