import type { ModalView } from '@slack/types';
import { z } from 'zod';
import type { Text } from '../../text/index.ts';
import { DECLINE_BLOCK, INPUT, VIEW, declineMetadata } from '../ids.ts';
import type { DeclineMetadata } from '../ids.ts';
import { inputBlock, textElement } from './form/elements.ts';
import { LIMIT } from './limits.ts';
import { caption } from './objects.ts';

const REASON_LENGTH = 500;

/** Asks an approver why they decline: the person who asked is told. */
export function renderDeclineDialog(metadata: DeclineMetadata, text: Text): ModalView {
  const { dialog } = text.approval;
  const element = textElement({
    maxLength: REASON_LENGTH,
    multiline: true,
    focus: true,
  });
  return {
    type: 'modal',
    callback_id: VIEW.decline,
    private_metadata: declineMetadata.write(metadata),
    title: caption(dialog.title, LIMIT.viewTitle),
    submit: caption(dialog.submit, LIMIT.viewTitle),
    close: caption(dialog.close, LIMIT.viewTitle),
    blocks: [
      inputBlock({
        blockId: DECLINE_BLOCK,
        label: dialog.label,
        hint: dialog.hint,
        optional: false,
        element,
      }),
    ],
  };
}

const stateSchema = z.object({
  [DECLINE_BLOCK]: z.object({ [INPUT]: z.object({ value: z.string().nullish() }) }),
});

/** Empty if nothing was written. */
export function readDeclineDialog(state: unknown): string {
  const typed = stateSchema.parse(state)[DECLINE_BLOCK][INPUT].value ?? '';
  return typed.trim().slice(0, REASON_LENGTH);
}
