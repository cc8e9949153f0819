import type { BotView, DevinPlace, FaultKind, PlannedFault, ScriptChoice, SlackPlace } from './panel-wire.ts';

export const SCRIPT_WORDS: Record<ScriptChoice, string> = {
  normal: 'Works, opens a pull request, finishes',
  question: 'Asks a question, then goes on',
  report: 'Reports with a table, lists, code and a file',
  fails: 'Fails',
  capped: 'Reaches its ACU cap',
  slow: 'Waits a minute before each step',
};

export const STATUS_WORDS: Record<BotView['status'], string> = {
  starting: 'Starting',
  ready: 'Running',
  ended: 'Not running',
};

export const FAULT_WORDS: Record<FaultKind, string> = {
  busy: 'is busy (429)',
  broken: 'breaks (500)',
  lost: 'is done, the answer gets lost',
  silent: 'is never answered',
};

export const DEVIN_PLACE_WORDS: Record<DevinPlace, string> = {
  create: 'Creating a session',
  list: 'Listing sessions',
  'read-messages': 'Reading messages',
  'send-message': 'Sending a message',
  members: 'Looking up a member',
  upload: 'Uploading a file',
};

export const SLACK_PLACE_WORDS: Record<SlackPlace, string> = {
  'chat.postMessage': 'Posting a message',
  'chat.update': 'Editing a message',
  'chat.postEphemeral': 'Posting a private notice',
  'views.open': 'Opening a form',
  'views.update': 'Updating a form',
  'users.info': 'Looking up a person',
  'conversations.replies': 'Reading a thread',
  'files.info': 'Reading a file',
};

const placeWords = new Map<string, string>([
  ...Object.entries(DEVIN_PLACE_WORDS),
  ...Object.entries(SLACK_PLACE_WORDS),
]);

export function faultSentence({ side, place, what, left }: PlannedFault): string {
  const name = side === 'slack' ? 'Slack' : 'Devin';
  const times = left === 1 ? 'once' : `${left} times`;
  return `${name}: ${placeWords.get(place) ?? place} ${FAULT_WORDS[what]}, ${times}`;
}

export const speedWords = (speed: number): string => (speed === 0 ? 'Paused' : `${speed}×`);
