import type { Kysely } from 'kysely';
import { z } from 'zod';
import { messageContextSchema, PLACE_KINDS, withoutSchema } from '../session/context.ts';
import { faultsSchema, formQuestionSchema } from '../session/failure.ts';
import { effectiveDraftSchema } from './requests.ts';
import { readFirst, withJson } from './sql.ts';
import type { Tables } from './store.ts';

const formSchema = z.object({
  id: z.string(),
  teamId: z.string(),
  userId: z.string(),
  channelId: z.string(),
  threadTs: z.string().nullable(),
  placeKind: z.enum(PLACE_KINDS).nullable(),
  draft: effectiveDraftSchema,
  context: messageContextSchema.nullable(),
  /** The response URLs, encrypted. */
  sealed: z.string().nullable(),
  /** Names of session secrets that were not kept. */
  secretNames: z.array(z.string()),
  /** What was refused, by field. */
  faults: faultsSchema.nullable(),
  /** Messages and files of the thread not to send. */
  without: withoutSchema.nullable(),
  /** What it asked before it starts. Sending it again is the answer. */
  questions: z.array(formQuestionSchema).nullable(),
  /** The last view that started something with it, or `offered:ID` for a button; null: it wasn't sent. */
  sentIn: z.string().nullable(),
});
/** A form that was offered or opened. A modal only carries its id: `private_metadata` holds 3,000 characters. */
export type Form = z.infer<typeof formSchema>;

type FormChanges = Partial<Pick<Form, 'faults' | 'sealed' | 'questions' | 'without' | 'sentIn'>>;

export function createForms(db: Kysely<Tables>) {
  return {
    /** A form that already exists stays as it is. */
    async insert(
      form: Pick<
        Form,
        'id' | 'teamId' | 'userId' | 'channelId' | 'threadTs' | 'draft' | 'context' | 'sealed'
      > & {
        placeKind?: Form['placeKind'] | undefined;
        secretNames?: Form['secretNames'];
        faults?: Form['faults'];
      },
    ): Promise<void> {
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
  };
}
