import { z } from 'zod';
import { SCRIPTS } from './client/wire.ts';

const targetSchema = z.union([
  z.strictObject({ channelId: z.string(), ts: z.string() }),
  z.strictObject({ viewId: z.string() }),
]);
const entrySchema = z.union([z.string(), z.array(z.string()), z.null()]);
const as = { as: z.string() };

/** What a person does. */
export const actSchema = z.discriminatedUnion('do', [
  z.strictObject({
    ...as,
    do: z.literal('command'),
    channelId: z.string(),
    name: z.string().regex(/^\/\S+$/, 'must be a command such as /devin'),
    text: z.string(),
  }),
  z.strictObject({
    ...as,
    do: z.literal('say'),
    channelId: z.string(),
    text: z.string(),
    threadTs: z.string().exactOptional(),
  }),
  z.strictObject({
    ...as,
    do: z.literal('shortcut'),
    channelId: z.string(),
    ts: z.string(),
    callbackId: z.string(),
  }),
  z.strictObject({ ...as, do: z.literal('click'), target: targetSchema, which: z.string() }),
  z.strictObject({
    ...as,
    do: z.literal('choose'),
    target: targetSchema,
    which: z.string(),
    entry: entrySchema,
  }),
  z.strictObject({
    ...as,
    do: z.literal('type'),
    viewId: z.string(),
    entries: z.record(z.string(), entrySchema),
  }),
  z.strictObject({ ...as, do: z.literal('submit'), viewId: z.string() }),
  z.strictObject({ ...as, do: z.literal('close-view'), viewId: z.string() }),
  z.strictObject({
    ...as,
    do: z.literal('suggest'),
    viewId: z.string(),
    blockId: z.string(),
    typed: z.string(),
  }),
  z.strictObject({ ...as, do: z.literal('open-home'), tab: z.enum(['home', 'messages']) }),
  z.strictObject({
    ...as,
    do: z.literal('upload'),
    name: z.string().min(1).max(255),
    mimetype: z.string(),
    contentBase64: z.base64(),
  }),
]);

export type PersonalAct = z.infer<typeof actSchema>;

/** What the controls do. */
export const controlSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('kill-bot') }),
  z.strictObject({ do: z.literal('start-bot') }),
  z.strictObject({ do: z.literal('kill-after-command') }),
  z.strictObject({ do: z.literal('set-script'), script: z.enum(SCRIPTS) }),
]);

export type ControlAct = z.infer<typeof controlSchema>;
