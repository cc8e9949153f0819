import { z } from 'zod';
import { block } from './blocks.ts';
import { plainText } from './composition.ts';
import { describe, toViolations } from './issues.ts';
import { LIMIT } from './limits.ts';
import { checkRelations, type Violation } from './relations.ts';

const shared = {
  blocks: z.array(block).max(LIMIT.viewBlocks),
  private_metadata: z.string().max(LIMIT.privateMetadata).optional(),
  callback_id: z.string().max(LIMIT.id).optional(),
};

/** https://docs.slack.dev/reference/views/modal-views and .../home-tab-views */
const viewSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('modal'),
    ...shared,
    title: plainText(LIMIT.viewTitle),
    submit: plainText(LIMIT.viewTitle).optional(),
    close: plainText(LIMIT.viewTitle).optional(),
  }),
  z.strictObject({ type: z.literal('home'), ...shared }),
]);
export type ViewDefinition = z.infer<typeof viewSchema>;

/** What Slack would refuse in a view, or in one of this type; empty: nothing. https://docs.slack.dev/reference/methods/views.open */
export function checkView(view: unknown, type?: ViewDefinition['type']): string[] {
  const parsed = viewSchema.safeParse(view);
  if (!parsed.success) return toViolations(parsed.error, '/view').map(describe);
  if (type !== undefined && parsed.data.type !== type)
    return [`must be of type ${type} [json-pointer:/view/type]`];
  return [
    ...checkRelations(parsed.data.blocks, '/view/blocks'),
    ...checkSubmit(parsed.data),
    ...checkPlacement(parsed.data),
    ...checkSize(view),
  ].map(describe);
}

/** A view that passed `checkView`. */
export const parseView = (view: unknown): ViewDefinition => viewSchema.parse(view);

function checkSubmit(view: ViewDefinition): Violation[] {
  const hasInput = view.blocks.some(({ type }) => type === 'input');
  return view.type === 'modal' && hasInput && view.submit === undefined
    ? [{ pointer: '/view/submit', message: 'missing required field: a modal with input blocks needs submit' }]
    : [];
}

function checkPlacement(view: ViewDefinition): Violation[] {
  return view.blocks.flatMap(({ type }, i) => {
    const pointer = `/view/blocks/${i}`;
    if (type === 'table') return [{ pointer, message: 'table works in messages only' }];
    return type === 'alert' && view.type === 'home'
      ? [{ pointer, message: 'alert works in modals only' }]
      : [];
  });
}

function checkSize(view: unknown): Violation[] {
  return new TextEncoder().encode(JSON.stringify(view)).byteLength > LIMIT.viewBytes
    ? [{ pointer: '/view', message: `view_too_large: at most ${LIMIT.viewBytes} bytes` }]
    : [];
}
