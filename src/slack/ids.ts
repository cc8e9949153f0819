import { z } from 'zod';
import type { FieldKey, Lookup } from '../session/fields.ts';

/** Every id that goes to Slack and comes back is written and read here. */

export const SHORTCUT_ID = 'start_session';

export const VIEW = { form: 'session_form', details: 'session_details' } as const;

export const ACTION = {
  /** On a refusal: the form, filled in with what was typed. Value: a form id. */
  openForm: 'open_form',
  /** In the form: shows every option. */
  moreOptions: 'more_options',
  /** Link button to the session; Slack still sends the click. */
  openSession: 'open_session',
  /** On the card. Value of each: the request id. */
  details: 'details',
  tryAgain: 'try_again',
  editAndTryAgain: 'edit_and_try_again',
  checkAgain: 'check_again',
  startAnyway: 'start_anyway',
} as const;

/** Input blocks of the form. The field's element always has the action id `value`. */
export const INPUT = 'value';
export const fieldBlock = (key: FieldKey): string => `field.${key}`;
/** Companion of a list that may be said to be empty: a checkbox "none at all". */
export const noneBlock = (key: FieldKey): string => `none.${key}`;
/** A task longer than one input goes on in further ones; `part` counts from 2. */
export const continuedBlock = (key: FieldKey, part: number): string => `field.${key}.${part}`;
export const BLOCK = {
  context: 'context_choice',
  files: 'files',
  sensitive: 'secrets_sensitive',
  runsAs: 'runs_as',
} as const;

/** The action id of an external select carries what it looks up. */
export const lookupAction = (lookup: Lookup): string => `lookup.${lookup}`;
const LOOKUPS = ['repositories', 'playbooks', 'knowledge', 'secrets'] as const satisfies Lookup[];
export const LOOKUP_ACTION = new RegExp(`^lookup\\.(${LOOKUPS.join('|')})$`);
export const readLookupAction = (actionId: string): Lookup | null =>
  LOOKUPS.find((lookup) => lookupAction(lookup) === actionId) ?? null;

/** What a modal remembers between its opening and its submission: everything else is in the store, by this id. */
const formMetadataSchema = z.object({ formId: z.string(), expanded: z.boolean() });
export type FormMetadata = z.infer<typeof formMetadataSchema>;
export const writeFormMetadata = (metadata: FormMetadata): string => JSON.stringify(metadata);
export const readFormMetadata = (text: string): FormMetadata => formMetadataSchema.parse(JSON.parse(text));

/** Metadata of a card, by which it is found again when Slack's answer to posting it was lost. */
export const CARD_EVENT = 'devin_session';
export const cardMetadata = (requestId: string) => ({
  event_type: CARD_EVENT,
  event_payload: { request_id: requestId },
});
