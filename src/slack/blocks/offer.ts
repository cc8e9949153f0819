import type { Text } from '../../text/index.ts';
import { ACTION } from '../ids.ts';
import { button, section } from './objects.ts';
import type { Rendered } from './objects.ts';
import { bold } from './text.ts';

/** To the author of a message that may be a task. The message itself is there to read. */
export function renderOffer(formId: string, text: Text): Rendered {
  const { title, start, edit } = text.notices.offer;
  return {
    text: title,
    blocks: [
      section(bold(title)),
      {
        type: 'actions',
        elements: [
          { ...button(ACTION.startAsTask, start, formId), style: 'primary' },
          button(ACTION.openForm, edit, formId),
        ],
      },
    ],
  };
}
