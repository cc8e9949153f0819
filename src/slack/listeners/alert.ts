import type { ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { LIMIT } from '../blocks/limits.ts';
import { alert, caption } from '../blocks/objects.ts';
import { BLOCK } from '../ids.ts';

/** The form as it is, with what is wrong with the whole of it on top. Slack keeps what was typed, by block id. */
export function withAlert(view: ViewOutput, sentence: string): ModalView {
  const { callback_id, private_metadata, title, blocks } = view;
  const others = blocks.filter(({ block_id: id }) => id !== BLOCK.alert);
  return {
    type: 'modal',
    callback_id,
    private_metadata,
    title: caption(title.text, LIMIT.viewTitle),
    ...(view.submit !== null && { submit: caption(view.submit.text, LIMIT.viewTitle) }),
    ...(view.close !== null && { close: caption(view.close.text, LIMIT.viewTitle) }),
    blocks: [{ ...alert(sentence, 'error'), block_id: BLOCK.alert }, ...others],
  };
}
