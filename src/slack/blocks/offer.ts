import type { Text } from '../../text/index.ts';
import { ACTION } from '../ids.ts';
import { button, section } from './objects.ts';
import type { Rendered } from './objects.ts';
import { runsAsFact } from './card-facts.ts';
import type { RunsAs } from './card-facts.ts';
import { bold, link } from './text.ts';

type Running = {
  requestId: string;
  /** null: there is no session yet. */
  url: string | null;
  /** What starts another one, with the id of its form. */
  another: { actionId: string; formId: string };
};

/** Before a second session is paid for where one is at work. */
export function renderRunning({ requestId, url, another }: Running, text: Text): Rendered {
  const { title, why, session, reply, start } = text.notices.running;
  const where = url === null ? why : `${why} ${link(url, session)}`;
  return {
    text: [title, where].join('\n'),
    blocks: [
      section(`${bold(title)}\n${where}`),
      {
        type: 'actions',
        elements: [
          { ...button(ACTION.reply, reply, requestId), style: 'primary' },
          button(another.actionId, start, another.formId),
        ],
      },
    ],
  };
}

/** To the author of a message that may be a task. The message itself is there to read. */
export function renderOffer(formId: string, as: RunsAs, text: Text): Rendered {
  const { title, start, edit, runsAs } = text.notices.offer;
  const lines = runsAsFact(as, text).map((fact) => runsAs(fact));
  return {
    text: [title, ...lines].join('\n'),
    blocks: [
      section([bold(title), ...lines].join('\n')),
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
