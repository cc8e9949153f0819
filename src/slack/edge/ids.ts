import { z } from 'zod';
import { OPTION_GROUPS, type FieldKey, type Lookup } from '../../session/fields.ts';
import type { PlaceSetting } from '../../session/preferences.ts';

/** Every id that goes to Slack and comes back is written and read here. */

/** A message's: seconds since 1970, which put messages in order. */
export const slackTs = z.string().regex(/^\d+\.\d+$/);

export const SHORTCUT_ID = 'start_session';

export const VIEW = {
  form: 'session_form',
  details: 'session_details',
  review: 'context_review',
  reply: 'session_reply',
  stop: 'stop_session',
  decline: 'decline_request',
  home: 'home',
  defaults: 'own_defaults',
  settings: 'place_settings',
} as const;

/** Details and a Home can't be sent. */
export type SubmittedView = Exclude<(typeof VIEW)[keyof typeof VIEW], 'session_details' | 'home'>;

export const ACTION = {
  /** On a refusal: opens the form with what was typed. Value: a form id. */
  openForm: 'open_form',
  /** On the question whether a text is a task: starts it. Value: a form id. */
  startAsTask: 'start_as_task',
  /** The same with the option that was probably meant. */
  startAsMeant: 'start_as_meant',
  /** In the form: adds a group of options. Value: the group. */
  addOptions: 'add_options',
  /** In the form: what Devin gets. */
  review: 'review_context',
  /** On a notice about a message that Devin hasn't got: sends it. Value: the reply's id. */
  sendAgain: 'send_again',
  /** Runs the command in the button's value. */
  run: 'run_command',
  /** An option of Devin's question. Value: see optionValue. */
  option: 'answer_option',
  /** On a message to an approver. Value: see approvalValue. */
  approve: 'approve_request',
  decline: 'decline_request',
  /** In the App Home. */
  startFromHome: 'start_from_home',
  refreshHome: 'refresh_home',
  editDefaults: 'edit_defaults',
  /** On the greeting in a channel. */
  startHere: 'start_here',
} as const;

/** Buttons of a card, and their ids in Slack. Cards that aren't drawn again keep these. The value of each is the request id. */
export const CARD_ACTION = {
  /** `open` and `review` are links: Slack still sends the click. */
  open: 'open_session',
  review: 'open_pull_request',
  details: 'details',
  'try-again': 'try_again',
  'edit-and-try-again': 'edit_and_try_again',
  'start-now': 'start_now',
  'check-again': 'check_again',
  'start-anyway': 'start_anyway',
  /** Opens the box for a message to Devin. */
  reply: 'reply',
  /** Opens a dialog that asks before it stops the session. */
  'ask-stop': 'ask_stop',
  archive: 'archive',
  'start-again': 'start_again',
  cancel: 'cancel',
  /** What goes to Devin from its thread. */
  mute: 'mute',
  unmute: 'unmute',
  'listen-thread': 'listen_thread',
  'listen-mentions': 'listen_mentions',
} as const;

export type CardAction = keyof typeof CARD_ACTION;
export type ActionId = (typeof CARD_ACTION)[CardAction] | (typeof ACTION)[keyof typeof ACTION];

/** The card's ⋯ menu. An option's value names its button. */
export const CARD_MENU = 'card_menu';
const IN_MENU_VALUE = ' ';
export const menuValue = (actionId: string, value: string): string => `${actionId}${IN_MENU_VALUE}${value}`;
export function readMenuValue(text: string): { actionId: string; value: string } {
  const [actionId = '', ...rest] = text.split(IN_MENU_VALUE);
  return { actionId, value: rest.join(IN_MENU_VALUE) };
}

/** Action ids must be unique within a block, so each of these has a number. */
export const runAction = (part: number): string => `${ACTION.run}.${part}`;
export const optionAction = (at: number): string => `${ACTION.option}.${at}`;
export const withoutNumber = (actionId: string): string => actionId.replace(/\.\d+$/, '');

/** Reactions on a message: received, and delivered to Devin. */
export const TAKEN_REACTION = 'eyes';
export const DELIVERED_REACTION = 'white_check_mark';

/** Input blocks of the form. The field's element always has the action id `value`. */
export const INPUT = 'value';
export const fieldBlock = (key: FieldKey): string => `field.${key}`;
/** The option "none at all" of a list that can be empty; the same word as in a command. */
export const NONE = 'none';
/** The menu of groups. Its id changes with each group that is added, or else Slack would keep what was chosen. */
export const optionsBlock = (added: number): string => `options.${added}`;
export const isOptionsBlock = (blockId: string | undefined): boolean => /^options\.\d$/.test(blockId ?? '');
export const BLOCK = {
  files: 'files',
  /** What went wrong with the whole form. */
  alert: 'form_alert',
  cardButtons: 'card_buttons',
} as const;

/** The action id of an external select says what it looks up. */
export const lookupAction = (lookup: Lookup): string => `lookup.${lookup}`;
const LOOKUPS = ['repositories', 'playbooks', 'knowledge', 'secrets'] as const satisfies Lookup[];
export const LOOKUP_ACTION = new RegExp(`^lookup\\.(${LOOKUPS.join('|')})$`);
export const readLookupAction = (actionId: string): Lookup | null =>
  LOOKUPS.find((lookup) => lookupAction(lookup) === actionId) ?? null;

/** A view or a button comes from another version of the app, or what it is about is gone. */
export class OutdatedError extends Error {
  readonly code = 'outdated';
}

/** What a view remembers while it is open, as its `private_metadata`. `read` throws an `OutdatedError`. */
function viewMetadata<T extends z.ZodType>(schema: T) {
  const find = (text: string) => schema.safeParse(parseJson(text)).data;
  return {
    /** undefined: another view's. */
    find,
    /** Nothing that the schema doesn't name. */
    write: (metadata: z.output<T>): string => JSON.stringify(schema.parse(metadata)),
    read(text: string | null): z.output<T> {
      const found = find(text ?? '');
      if (found === undefined) throw new OutdatedError();
      return found;
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Everything else about a form is in the store, under this id. `groups`: what is in view besides `main`. */
export const formMetadata = viewMetadata(
  z.object({ formId: z.string(), groups: z.array(z.enum(OPTION_GROUPS)) }),
);

/** What Devin gets, over its form. */
export const reviewMetadata = viewMetadata(z.object({ formId: z.string() }));
/** Boxes of messages and files: Slack takes ten in a block. */
export const reviewBlock = (part: number): string => `review.${part}`;

/** The dialogs about a session: before it is stopped, and the box for a message to Devin. */
export const sessionMetadata = viewMetadata(z.object({ requestId: z.string() }));
export const REPLY_BLOCK = 'reply_text';

/** The answer that a button gives, in its value. `eventId`: the question. */
export const optionValue = viewMetadata(
  z.object({ requestId: z.string(), eventId: z.string(), words: z.string() }),
);

/** An approval that is asked for: in the value of its buttons, and in the dialog before an approver declines. */
const askedApproval = z.object({ requestId: z.string(), number: z.number() });
export const approvalValue = viewMetadata(askedApproval);
export type AskedApproval = z.output<typeof askedApproval>;
export const DECLINE_BLOCK = 'decline_reason';

/** What an App Home remembers: the person's direct messages with the app, where a card can go. */
export const homeMetadata = viewMetadata(z.object({ channelId: z.string() }));
export type HomeMetadata = ReturnType<typeof homeMetadata.read>;
/** A session's line there. All lines use the same action ids. */
export const homeBlock = (requestId: string): string => `session.${requestId}`;

/** What the form for settings is about. `channelId`: null: the whole workspace. */
export const settingsMetadata = viewMetadata(z.object({ channelId: z.string().nullable() }));
export const settingBlock = (setting: PlaceSetting): string => `setting.${setting}`;
