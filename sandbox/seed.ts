import { readFileSync } from 'node:fs';
import type { Language } from '../src/session/preferences.ts';
import type { LocalDevin } from './devin/index.ts';
import type { LocalSlack } from './slack/index.ts';

type Sides = { slack: LocalSlack; devin: LocalDevin; language: Language };
type Clock = ReturnType<typeof createSeedClock>;

export type SeededWorld = ReturnType<typeof seed>;

const MINUTE_MS = 60_000;

/** The local Slack's clock while its past is created; `catchUp` ends that. */
export function createSeedClock() {
  let behindMs = 0;
  return {
    now: (): number => Date.now() - behindMs,
    minutesAgo(minutes: number): void {
      behindMs = minutes * MINUTE_MS;
    },
    catchUp(): void {
      behindMs = 0;
    },
  };
}

/** A busy workspace: people of every kind, channels of every kind, and a thread about a failure. */
export function seed({ slack, devin, language }: Sides, clock: Clock = createSeedClock()) {
  const people = addPeople(slack, LOCALES[language]);
  addOrganization(devin);
  const channels = addChannels(slack, people);
  clock.minutesAgo(95);
  addSmallTalk(slack, people, channels);
  const thread = addIncident({ slack, people, channels, clock });
  clock.catchUp();
  return { people, channels, thread, strangers: new Set([people.eve]) };
}

type People = ReturnType<typeof addPeople>;
type Channels = ReturnType<typeof addChannels>;

/** As Slack writes them. */
const LOCALES: Readonly<Record<Language, string>> = { en: 'en-US', ja: 'ja-JP' };

/** Ids that never change: the page gives each person a color by them. */
function addPeople(slack: LocalSlack, locale: string) {
  const add = (id: string, realName: string, given: { email: string; [flag: string]: string | boolean }) =>
    slack.addUser({ id, name: handleOf(realName), realName, locale, ...given });
  return {
    ana: add('U0ANA03', 'Ana Ruiz', { email: 'ana@acme.example' }),
    ben: add('U0BEN07', 'Ben Okafor', { email: 'ben@acme.example', isAdmin: true }),
    mei: add('U0MEI05', 'Mei Tanaka', { email: 'mei@acme.example' }),
    eve: add('U0EVE04', 'Eve Lind', { email: 'eve@acme.example' }),
    gus: add('U0GUS01', 'Gus Novak', { email: 'gus@agency.example', isGuest: true }),
    olga: add('U0OLGA02', 'Olga Petrov', { email: 'olga@globex.example', teamId: 'T0GLOBEX' }),
  };
}

function handleOf(realName: string): string {
  return realName.split(' ')[0]?.toLowerCase() ?? realName;
}

/** Everyone but Eve; guests and outsiders have accounts, so that they aren't refused for lack of one. */
function addOrganization(devin: LocalDevin): void {
  for (const [name, email] of [
    ['Ana Ruiz', 'ana@acme.example'],
    ['Ben Okafor', 'ben@acme.example'],
    ['Mei Tanaka', 'mei@acme.example'],
    ['Gus Novak', 'gus@agency.example'],
    ['Olga Petrov', 'olga@globex.example'],
  ] as const) {
    devin.addMember({ userId: `user-${handleOf(name)}`, email, name });
  }
  for (const [path, language] of [
    ['acme/web', 'TypeScript'],
    ['acme/api', 'Go'],
    ['acme/checkout', 'TypeScript'],
    ['acme/infrastructure', 'HCL'],
  ] as const) {
    devin.addRepository({ path, language });
  }
  devin.addPlaybook({ id: 'playbook-fix', title: 'Fix a bug' });
  devin.addPlaybook({ id: 'playbook-upgrade', title: 'Upgrade a dependency' });
  devin.addPlaybook({ id: 'playbook-test', title: 'Write missing tests' });
  devin.addNote({ id: 'note-checkout', name: 'How checkout talks to orders' });
  devin.addNote({ id: 'note-style', name: 'Style guide' });
  devin.addSecret({ id: 'secret-staging', key: 'STAGING_DATABASE_URL' });
  devin.addSecret({ id: 'secret-npm', key: 'NPM_TOKEN' });
}

function addChannels(slack: LocalSlack, { ana, ben, mei, eve, gus, olga }: People) {
  const team = [ana, ben, mei, eve];
  const channels = {
    payments: slack.addChannel({ name: 'payments', members: [...team, gus] }),
    general: slack.addChannel({ name: 'general', members: team }),
    design: slack.addChannel({ name: 'design', members: team, botIsMember: false }),
    incident: slack.addChannel({ name: 'incident-42', members: [ana, ben, mei], isPrivate: true }),
    globex: slack.addChannel({ name: 'acme-globex', members: [ana, ben, olga], isExternal: true }),
    pair: slack.addChannel({ name: '', members: [ana, mei], isDm: true }),
  };
  for (const userId of [...team, gus]) slack.directMessages(userId);
  return channels;
}

function addSmallTalk(slack: LocalSlack, { ana, ben, mei, eve, olga }: People, channels: Channels): void {
  slack.say(ben, channels.payments, 'Devin is in this channel now: type `/devin` and a task.');
  slack.say(eve, channels.general, 'The office is closed on Friday.');
  slack.say(ana, channels.general, 'Thank you :tada:');
  slack.say(mei, channels.design, 'The new address picker is in the file. Devin is not in this channel.');
  slack.say(ben, channels.incident, 'Only the three of us for now. The postmortem is on Thursday.');
  slack.say(olga, channels.globex, 'Hello from Globex! Our side of the order feed is ready.');
  slack.say(ana, channels.globex, 'Thank you, we will connect it tomorrow.');
  slack.say(mei, channels.pair, 'Do you have ten minutes for the login test later?');
}

type Incident = { slack: LocalSlack; people: People; channels: Channels; clock: Clock };

/** Three people, an alert bot, a screenshot and a log. */
function addIncident({ slack, people: { ana, ben, mei }, channels: { payments }, clock }: Incident) {
  clock.minutesAgo(52);
  slack.say(mei, payments, 'The login test on `main` is flaky again, third time this week.');
  clock.minutesAgo(41);
  const root = slack.say(ana, payments, 'Checkout fails for customers with two addresses.', {
    files: [
      addFile(slack, { name: 'checkout.png', from: 'checkout.png', mimetype: 'image/png', owner: ana }),
    ],
  });
  clock.minutesAgo(40);
  const alert = {
    type: 'section',
    text: { type: 'mrkdwn', text: '*checkout* error rate is 4.2 % (usual: 0.1 %)' },
  };
  slack.say(ben, payments, '', { threadTs: root, botName: 'Alerts', blocks: [alert] });
  clock.minutesAgo(37);
  slack.say(mei, payments, 'The orders service answers 422. Here is what it logs:', {
    threadTs: root,
    files: [
      addFile(slack, { name: 'checkout.log', from: 'checkout-log.txt', mimetype: 'text/plain', owner: mei }),
    ],
  });
  clock.minutesAgo(33);
  const picked = slack.say(ben, payments, `It is the address picker, <@${ana}>: it sends both.`, {
    threadTs: root,
  });
  return { channelId: payments, root, picked };
}

type SeedFile = { name: string; from: string; mimetype: string; owner: string };

function addFile(slack: LocalSlack, { name, from, mimetype, owner }: SeedFile): string {
  const content = readFileSync(new URL(`./files/${from}`, import.meta.url));
  return slack.addFile({ name, mimetype, content, owner });
}
