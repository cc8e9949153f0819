import type { Button, ModalView } from '@slack/types';
import type { Text } from '../../text/index.ts';
import { ACTION, CARD_ACTION, REPLY_BLOCK, VIEW, sessionMetadata } from '../edge/ids.ts';
import { offering } from './notices.ts';
import {
  inputBlock,
  readTyped,
  textElement,
  LIMIT,
  button,
  buttonRow,
  joinParts,
  line,
  modal,
  packed,
  primary,
  section,
  titled,
  type Rendered,
} from './objects.ts';
import { cardTitle, type SessionCard } from './session-card.ts';
import { bold, escape } from './text.ts';

/** The box for a message to Devin. It also works if the app isn't in the channel and hears no replies. */
export function renderReplyBox(requestId: string, text: Text): ModalView {
  const { box } = text.steering;
  const { label, hint } = box;
  const element = textElement({ maxLength: LIMIT.inputText, multiline: true, focus: true });
  const blocks = [inputBlock({ blockId: REPLY_BLOCK, label, hint, optional: false, element })];
  return modal({ id: VIEW.reply, metadata: sessionMetadata.write({ requestId }), words: box, blocks }, text);
}

/** What was typed; may be empty. */
export function readReplyBox(state: unknown): string {
  return readTyped(state, REPLY_BLOCK);
}

/** After a message that Devin didn't get. */
export function resendButton(replyId: string, { thread }: Text): Button {
  return primary(button(ACTION.sendAgain, thread.sendAgain, replyId));
}

/** After a message to a session that is over. */
export function runAgainButton(formId: string, { thread }: Text): Button {
  return primary(button(ACTION.openForm, thread.openForm, formId));
}

/** Asks whether `stop` or `exit` in the thread ends the session. */
export function renderAskStop(requestId: string, { thread, card }: Text): Rendered {
  const stop: Button = {
    ...button(CARD_ACTION['ask-stop'], card.buttons['ask-stop'], requestId),
    style: 'danger',
  };
  return joinParts([line(thread.askStop), buttonRow(stop)]);
}

/** To the author of a message under a session at rest, once. */
export function renderOfferWake(replyId: string, { thread }: Text): Rendered {
  return offering(thread.atRest, button(ACTION.sendAgain, thread.wakeWith, replyId));
}

export function renderThreadHelp(text: Text): Rendered {
  const { helpTitle, help } = text.thread;
  return joinParts([titled(helpTitle), packed(help)]);
}

/** Asks before a session is stopped: options of a menu can't ask for confirmation. */
export function renderStopDialog(card: SessionCard, text: Text): ModalView {
  const { askStop } = text.steering;
  const { title, confirm, deny } = askStop;
  return modal(
    {
      id: VIEW.stop,
      metadata: sessionMetadata.write({ requestId: card.requestId }),
      words: { title, submit: confirm, close: deny },
      blocks: [section(askStop.text(bold(escape(cardTitle(card, text)))))],
    },
    text,
  );
}
