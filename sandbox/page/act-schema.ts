import { z } from 'zod';

const targetSchema = z.union([
  z.strictObject({ channelId: z.string(), ts: z.string() }),
  z.strictObject({ viewId: z.string() }),
]);
const entrySchema = z.union([z.string(), z.array(z.string()), z.null()]);

const act = <Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) =>
  z.strictObject({ as: z.string(), do: z.literal(name), ...shape });
const channelId = z.string();
const viewId = z.string();
const which = z.string();

/** What a person does. */
export const actSchema = z.discriminatedUnion('do', [
  act('command', { channelId, name: z.string().regex(/^\/\S+$/, 'must be a command'), text: z.string() }),
  act('say', { channelId, text: z.string(), threadTs: z.string().exactOptional() }),
  act('shortcut', { channelId, ts: z.string(), callbackId: z.string() }),
  act('click', { target: targetSchema, which }),
  act('choose', { target: targetSchema, which, entry: entrySchema }),
  act('type', { viewId, entries: z.record(z.string(), entrySchema) }),
  act('submit', { viewId }),
  act('close-view', { viewId }),
  act('suggest', { viewId, blockId: z.string(), typed: z.string() }),
  act('open-home', { tab: z.enum(['home', 'messages']) }),
  act('upload', { name: z.string().min(1).max(255), mimetype: z.string(), contentBase64: z.base64() }),
]);

export type PersonalAct = z.infer<typeof actSchema>;
