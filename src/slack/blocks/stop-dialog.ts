import type { ModalView } from '@slack/types';
import type { Text } from '../../text/index.ts';
import { VIEW, writeStopMetadata } from '../ids.ts';
import type { StopMetadata } from '../ids.ts';
import { LIMIT } from './limits.ts';
import { alert, caption, section } from './objects.ts';
import type { Confirmation } from './objects.ts';
import { cardTitle } from './session-card.ts';
import type { SessionCard } from './session-card.ts';
import { bold, escape, truncate } from './text.ts';

const ASKED_TITLE_LENGTH = 150;

type StopDialog = { card: SessionCard; metadata: StopMetadata };

/** Asked before the end of a session: an option of a menu has no confirmation of its own. */
export function renderStopDialog({ card, metadata }: StopDialog, text: Text): ModalView {
  const { askStop } = text.steering;
  return {
    type: 'modal',
    callback_id: VIEW.stop,
    private_metadata: writeStopMetadata(metadata),
    title: caption(askStop.title, LIMIT.viewTitle),
    submit: caption(askStop.confirm, LIMIT.viewTitle),
    close: caption(askStop.deny, LIMIT.viewTitle),
    blocks: [section(askStop.text(bold(escape(cardTitle(card, text)))))],
  };
}

/** It could not be written down. */
export function renderStopTrouble({ steering: { askStop, box } }: Text): ModalView {
  return {
    type: 'modal',
    title: caption(askStop.title, LIMIT.viewTitle),
    close: caption(box.close, LIMIT.viewTitle),
    blocks: [alert(askStop.notRecorded, 'error')],
  };
}

/** The same before a button that can ask by itself. */
export function stopQuestion(card: SessionCard, text: Text): Confirmation {
  const { title, text: question, confirm, deny } = text.steering.askStop;
  return { title, text: question(truncate(cardTitle(card, text), ASKED_TITLE_LENGTH)), confirm, deny };
}
