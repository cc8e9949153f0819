import { z } from 'zod';
import type { SessionAttachment } from '../devin/schemas.ts';
import type { MessageRow, NewMessage } from '../store/session-messages.ts';

const FILE = 'attachment';
/** What the text of a row for a file that Devin made holds. */
const fileSchema = z.object({ name: z.string(), url: z.string() });
export type SessionFile = z.infer<typeof fileSchema>;

/** A file that Devin made, as it waits among the messages. */
export function fileRow(
  { attachment_id: id, name, url }: SessionAttachment,
  foundAt: Date,
  state: NewMessage['state'],
): NewMessage {
  const text = JSON.stringify({ name, url } satisfies SessionFile);
  return { eventId: `${FILE}:${id}`, source: FILE, text, state, saidAt: foundAt };
}

/** null: the row is a message. */
export function readFileRow({ source, text }: MessageRow): SessionFile | null {
  return source === FILE ? fileSchema.parse(JSON.parse(text)) : null;
}
