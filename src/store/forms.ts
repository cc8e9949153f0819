import { sql, type Generated, type Kysely } from 'kysely';
import { z } from 'zod';
import { messageContextSchema, PLACE_KINDS, withoutSchema } from '../session/context.ts';
import { faultsSchema } from '../session/failure.ts';
import { identitySchema } from '../session/identity.ts';
import { choicesSchema } from '../session/policy/form.ts';
import { effectiveDraftSchema } from './request-row.ts';
import { json, readFirst, withJson, type Columns } from './sql.ts';
import type { Tables } from './tables.ts';

const formDescriptionSchema = z.object({
  /** The choices that the policy leaves; left out or null: all, as far as known. */
  choices: choicesSchema.nullish(),
  /** null: it couldn't be looked up. */
  identity: identitySchema.nullable(),
  /** Because Devin doesn't accept the app's key. */
  keyRefused: z.boolean().optional(),
  /** Messages and files of each choice; null if the thread couldn't be read. */
  thread: z
    .literal('looking')
    .or(
      z.object({
        /** How many messages weren't read because there are too many. */
        unread: z.number().optional(),
        /** Too long for the prompt: all of it goes to Devin as a file. */
        asFile: z.boolean().optional(),
        untilHere: z.object({ messages: z.number(), files: z.number() }),
        whole: z.object({ messages: z.number(), files: z.number() }),
      }),
    )
    .nullable(),
  /** The view whose submission was refused: its inputs show errors, which an update would clear. */
  refusedView: z.string().optional(),
});
/** What was looked up after the form was opened. */
export type FormDescription = z.infer<typeof formDescriptionSchema>;

const formSchema = z.object({
  id: z.string(),
  teamId: z.string(),
  userId: z.string(),
  channelId: z.string(),
  threadTs: z.string().nullable(),
  placeKind: z.enum(PLACE_KINDS).nullable(),
  draft: effectiveDraftSchema,
  context: messageContextSchema.nullable(),
  /** The response URL and session secrets, encrypted. */
  sealed: z.string().nullable(),
  /** Names of session secrets that were not kept; empty if the names were not kept either. */
  lostSecrets: z.array(z.string()).nullable(),
  /** What was refused, by field. */
  faults: faultsSchema.nullable(),
  /** Names of session secrets that were entered one by one; their values are only in `sealed`. */
  secretNames: z.array(z.string()).nullable(),
  /** Messages and files of the thread not to send. */
  without: withoutSchema.nullable(),
  /** "More options" was pressed. */
  expanded: z.boolean(),
  /** The last view that started something with it, or `offered:ID` for a button; null: it wasn't sent. */
  sentIn: z.string().nullable(),
  description: formDescriptionSchema.nullable(),
});
/** A form that was offered or opened. A modal only carries its id: `private_metadata` holds 3,000 characters. */
export type Form = z.infer<typeof formSchema>;

export type FormsTable = Columns<Form, 'expanded'> & {
  createdAt: Generated<Date>;
};

type NewForm = Pick<
  Form,
  'id' | 'teamId' | 'userId' | 'channelId' | 'threadTs' | 'draft' | 'context' | 'sealed'
> & {
  /** Left out: unknown. */
  placeKind?: Form['placeKind'] | undefined;
  /** Names of the session secrets that the request had; null: none. */
  lostSecrets?: readonly string[] | null;
  faults?: Form['faults'];
  expanded?: boolean;
};

type FormChanges = Partial<
  Pick<Form, 'draft' | 'context' | 'faults' | 'sealed' | 'secretNames' | 'without' | 'expanded' | 'sentIn'>
>;

export type Forms = ReturnType<typeof createForms>;

export function createForms(db: Kysely<Tables>) {
  return {
    /** A form that already exists stays as it is. */
    async insert(form: NewForm): Promise<void> {
      await db
        .insertInto('forms')
        .values(withJson(form))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    async find(id: string): Promise<Form | null> {
      return readFirst(formSchema, db.selectFrom('forms').selectAll().where('id', '=', id));
    },

    async change(id: string, changes: FormChanges): Promise<void> {
      const columns = withJson(changes);
      await db.updateTable('forms').set(columns).where('id', '=', id).execute();
    },

    /** What it leaves out stays. */
    async describe(id: string, description: Partial<FormDescription>): Promise<void> {
      const merged = sql<string>`coalesce(description, '{}') || ${json(description)}::jsonb`;
      await db.updateTable('forms').set({ description: merged }).where('id', '=', id).execute();
    },
  };
}
