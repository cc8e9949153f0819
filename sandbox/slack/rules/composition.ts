import { z } from 'zod';
import { LIMIT } from './limits.ts';

/** https://docs.slack.dev/reference/block-kit/composition-objects */

export const text = (max: number) => z.string().min(1).max(max);

export const plainText = (max: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: text(max), emoji: z.boolean().optional() });

const mrkdwn = (max: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: text(max), verbatim: z.boolean().optional() });

export const anyText = (max: number) => z.discriminatedUnion('type', [plainText(max), mrkdwn(max)]);

export const id = text(LIMIT.id);

export const webUrl = text(LIMIT.url).regex(/^[a-z][a-z\d+.-]*:\S+$/i, 'must be a valid URL');

/** https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object */
export const confirm = z.strictObject({
  title: plainText(LIMIT.confirmTitle),
  text: anyText(LIMIT.confirmText),
  confirm: plainText(LIMIT.confirmButton),
  deny: plainText(LIMIT.confirmButton),
  style: z.enum(['primary', 'danger']).optional(),
});

/** https://docs.slack.dev/reference/block-kit/composition-objects/option-object */
export const plainOption = z.strictObject({
  text: plainText(LIMIT.optionText),
  value: text(LIMIT.optionValue),
  description: plainText(LIMIT.optionText).optional(),
});

/** Checkboxes and radio buttons alone take mrkdwn. */
export const richOption = z.strictObject({
  text: anyText(LIMIT.optionText),
  value: text(LIMIT.optionValue),
  description: anyText(LIMIT.optionText).optional(),
});

/** An overflow menu's options alone take a url. */
export const overflowOption = plainOption.extend({ url: webUrl.optional() });
