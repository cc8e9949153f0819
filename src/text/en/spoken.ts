import type { Spoken } from '../spoken.ts';

const ENDINGS = ['stop', 'cancel', 'kill', 'end', 'abort', 'terminate', 'close', 'delete', 'exit', 'quit'];
const SESSION = '(?:(?:all|my|the|this|that) ){0,2}(?:last |current )?(?:sessions?|thread)';
const IT = `(?:it|this|that|${SESSION})`;

const SESSIONS = '(?:(?:all|my|our|the|of|open|running|active|current) )*sessions?';

const oneOf = (...patterns: string[]): RegExp => new RegExp(`^(?:${patterns.join('|')})$`);

/** Before these, a verb asks the app: `is the login test flaky`. */
const SUBJECT = '(?:the|there|this|that|it|my|our|any) ';

/** `archive this`, `tell Devin to stop`. */
const onSession = (verb: string): RegExp =>
  oneOf(`(?:(?:tell|ask) (?:devin|it) to )?${verb}(?: (?:it|this|that|all|everything|${SESSION}))?`);

export const spoken: Spoken = {
  greetings: ['hi', 'hello', 'hey', 'hiya', 'howdy', 'there'],
  aboutName: new RegExp(
    `^(?:['’]s\\b|\\s+(?:is|was|has|does|did)(?:n['’]?t)?\\b(?! ${SUBJECT})[^?]*$|\\s+and <@)`,
    'i',
  ),
  polite: /^(?:(?:please|pls|plz|(?:can|could|would|will) you) )+|(?: (?:please|pls|plz|now|yet|already))+$/g,
  asked: {
    help: [
      'help',
      'h',
      'modes',
      'who are you',
      'what are you',
      'what is this',
      'what can you do',
      'what can you do for me',
      'what can i do',
      'what commands are there',
      'what options are there',
      'commands',
      'how do i stop a session',
      'how do i cancel',
      'are you there',
      'is anyone there',
      'anyone there',
      'whats up',
      'how are you',
      'good morning',
      'how much does it cost',
      'how much does this cost',
      'what is an acu',
      'what do you do',
      'how does this work',
      'how do you work',
      'how do i use this',
      'how do i use you',
      'how do i start',
      'how can i use this',
      'help me',
      'how does it work',
    ],
    status: [],
    why: [
      'approver',
      'approvers',
      'approves',
      'who can approve',
      'who can approve this',
      'who can approve it',
    ],
    follow: [],
    stop: [],
    archive: [],
    steer: [],
    'web-messages': [],
    listen: [],
    link: [],
    unlink: [],
    list: [
      ...'needs pending running waiting'.split(' '),
      'show all',
      'ls',
      'how is it going',
      'hows it going',
      'how far are you',
      'how long will it take',
      'did it work',
      'what are you doing',
      'what are you working on',
      'are you working',
    ],
    usage: [
      'billing',
      ...'acus budget budgets cost costs credits limits quota spend spending spent used'.split(' '),
    ],
    whoami: [
      'who am i',
      ...'me connect connected logged login'.split(' '),
      'log in',
      'sign in',
      'link me',
      'link my account',
      'my account',
    ],
    defaults: 'config options preferences prefs settings setup'.split(' '),
    notify: ['notifications', 'mute notifications'],
    say: [...'continue resume unpause wake'.split(' '), 'wake up'],
    language: ['lang', 'lang ja', 'lang en', 'japanese', 'english'],
  },
  ending: /$^/g,
  stop: onSession(`(?:${ENDINGS.join('|')})`),
  archive: onSession('archive'),
  say: oneOf(
    `(?:answer|continue|reply to|resume|unpause|wake(?: up)?) ${SESSION}`,
    `tell ${SESSION}(?: (?:to|that) .+)?`,
  ),
  list: oneOf(
    `(?:(?:what|how|where)(?:s| is| are) )?(?:the |my )?(?:status|progress)(?: of ${IT})?`,
    `(?:what|how|where)(?:s| is| are) ${SESSION}(?: going| doing)?`,
    `what happened(?: (?:to|with) ${IT})?`,
    `(?:(?:show|list|get|give|what are|list of)(?: me)? )*${SESSIONS}`,
    `(?:what|which|any|how many|do (?:i|you|we) have(?: any)?|are there(?: any)?) ${SESSIONS}(?: (?:do i have|are))?(?: (?:there|running|open|active))?`,
    `(?:is (?:devin|${IT})|are (?:you|${SESSION})|have you|did (?:you|it|devin)) (?:done|ready|finish(?:ed)?|running|stuck)`,
    '(?:give me )?(?:any|an?) (?:status )?(?:updates?|news|progress|eta)',
    'any (?:updates?|news|progress) (?:on|about)(?: [^ ]+){1,4}',
    'where(?:s| is) (?:my|the) (?:pr|pull request)',
  ),
  namedSession: [/\b(?:the|my|our|this|that)(?: [^ ]+){0,3} (?:sessions?|ones?)\b/, 'my session'],
  keywords: {
    mute: ['mute'],
    unmute: ['unmute'],
    unsync: ['unsync'],
    sync: ['sync'],
    sleep: ['sleep'],
    archive: ['archive'],
    stop: ['exit'],
    'ask-stop': ['stop'],
    help: ['help'],
  },
  inThread: {
    mute: onSession('mute'),
    unmute: onSession('unmute'),
    unsync: onSession('unsync'),
    sync: onSession('sync'),
    sleep: onSession(`(?:(?:go to )?sleep|put (?:it|this|${SESSION}) to sleep)`),
  },
  endings: ENDINGS,
  thanks:
    'thanks thank thx ty tysm cheers lgtm great nice perfect awesome amazing excellent cool good ok okay'.split(
      ' ',
    ),
  besideThanks:
    'you so much very a lot all it that thats this is was works job work for the help again no bye everyone everybody team folks'.split(
      ' ',
    ),
  withoutTask: [
    'you rock',
    'looks good',
    'sounds good',
    'sounds good to me',
    'will do',
    'ok will do',
    'no problem',
    'no worries',
    'my bad',
    'let me check',
    'hold on a sec',
    'yes please do',
    'this is a test',
    'just testing',
    'good afternoon',
    'good night',
    'see you',
  ],
  empty:
    'a an the this that these those it its i im me my we us our you your he she they them there here devin is are was were be been am does did has have had can could would will should may might must what whats who whos how hows why when where which to of for on in at up out off with from and or but so if not please hi hello hey good morning evening ok okay yes no sure sorry thanks again now back just still yet more over new session sessions status progress help need want start create open begin run go going ahead keep carry continue resume pause restart retry try undo forget ignore never nevermind nvm mind wait hold minute second wrong chat channel thread approve approved ready happening working request any anything someone somebody else other luck much right repo use by default always actually instead meant mean oops many u r wat question ask something quick long take done dont thing show'.split(
      ' ',
    ),
  around:
    'account all change clear current do edit get give left month reset see set speak switch today turn view week yesterday'.split(
      ' ',
    ),
};
