import { readFileSync } from 'node:fs';
import type { Language } from '../src/session/preferences.ts';
import type { LocalDevin } from './devin/index.ts';
import type { Sample } from './sample/en.ts';
import { SAMPLES } from './sample/languages.ts';
import type { LocalSlack } from './slack/index.ts';

type Sides = { slack: LocalSlack; devin: LocalDevin; language: Language };
export type SeedClock = ReturnType<typeof createSeedClock>;

/** A busy workspace: people of every kind, and channels of every kind. */
export type Inhabited = ReturnType<typeof inhabit>;
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

/** Nobody has said anything yet. */
export function inhabit({ slack, devin, language }: Sides) {
  const sample = SAMPLES[language];
  const people = addPeople({ slack, devin, language });
  addCatalog(devin, sample);
  return { people, channels: addChannels(slack, people), sample };
}

/** What was said today, with a thread about a failure. */
export function seed({ slack }: Pick<Sides, 'slack'>, world: Inhabited, clock: SeedClock) {
  const { people, channels, sample } = world;
  clock.minutesAgo(95);
  addSmallTalk({ slack, people, channels, talk: sample.talk });
  const thread = addIncident({ slack, people, channels, clock, talk: sample.talk });
  clock.catchUp();
  return { ...world, thread };
}

type People = ReturnType<typeof addPeople>;
type Channels = ReturnType<typeof addChannels>;
type Talking = { slack: LocalSlack; people: People; channels: Channels; talk: Sample['talk'] };

/** As Slack writes them. */
const LOCALES: Readonly<Record<Language, string>> = { en: 'en-US', ja: 'ja-JP' };

/**
 * Ids that never change: the page gives each person a color by them. Everyone but Eve is a member at Devin; guests and
 * outsiders, too, so that they aren't refused for lack of an account.
 */
function addPeople({ slack, devin, language }: Sides) {
  const add = (id: string, realName: string, given: { email: string; [flag: string]: string | boolean }) => {
    const name = realName.split(' ')[0]?.toLowerCase() ?? realName;
    if (name !== 'eve') devin.addMember({ userId: `user-${name}`, email: given.email, name: realName });
    return slack.addUser({ id, name, realName, locale: LOCALES[language], ...given });
  };
  return {
    ana: add('U0ANA03', 'Ana Ruiz', { email: 'ana@acme.example' }),
    ben: add('U0BEN07', 'Ben Okafor', { email: 'ben@acme.example', isAdmin: true }),
    mei: add('U0MEI05', 'Mei Tanaka', { email: 'mei@acme.example' }),
    eve: add('U0EVE04', 'Eve Lind', { email: 'eve@acme.example' }),
    gus: add('U0GUS01', 'Gus Novak', { email: 'gus@agency.example', isGuest: true }),
    olga: add('U0OLGA02', 'Olga Petrov', { email: 'olga@globex.example', teamId: 'T0GLOBEX' }),
  };
}

function addCatalog(devin: LocalDevin, { catalog }: Sample): void {
  const { repositories, playbooks, notes, secrets } = devin.catalog;
  for (const name of ['web', 'api', 'checkout', 'infrastructure'])
    repositories.push({ path: `acme/${name}` });
  playbooks.push(
    { id: 'playbook-fix', title: catalog.fix },
    { id: 'playbook-upgrade', title: catalog.upgrade },
  );
  playbooks.push({ id: 'playbook-test', title: catalog.test });
  notes.push({ id: 'note-checkout', name: catalog.checkout }, { id: 'note-style', name: catalog.style });
  secrets.push({ id: 'secret-staging', key: 'STAGING_DATABASE_URL' }, { id: 'secret-npm', key: 'NPM_TOKEN' });
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

function addSmallTalk({ slack, people, channels, talk }: Talking): void {
  const { ana, ben, mei, eve, olga } = people;
  slack.say(ben, channels.payments, talk.invited);
  slack.say(eve, channels.general, talk.office);
  slack.say(ana, channels.general, talk.thanks);
  slack.say(mei, channels.design, talk.design);
  slack.say(ben, channels.incident, talk.incident);
  slack.say(olga, channels.globex, talk.globex);
  slack.say(ana, channels.globex, talk.toGlobex);
  slack.say(mei, channels.pair, talk.pair);
}

type Incident = Talking & { clock: SeedClock };

/** Three people, an alert bot, a screenshot and a log. */
function addIncident({ slack, people, channels: { payments }, clock, talk }: Incident) {
  const { ana, ben, mei } = people;
  clock.minutesAgo(52);
  slack.say(mei, payments, talk.flaky);
  clock.minutesAgo(41);
  const root = slack.say(ana, payments, talk.bug, {
    files: [
      addFile(slack, { name: 'checkout.png', from: 'checkout.png', mimetype: 'image/png', owner: ana }),
    ],
  });
  clock.minutesAgo(40);
  const alert = {
    type: 'section',
    text: { type: 'mrkdwn', text: talk.alert },
  };
  slack.say(ben, payments, '', { threadTs: root, botName: 'Alerts', blocks: [alert] });
  clock.minutesAgo(37);
  slack.say(mei, payments, talk.log, {
    threadTs: root,
    files: [
      addFile(slack, { name: 'checkout.log', from: 'checkout-log.txt', mimetype: 'text/plain', owner: mei }),
    ],
  });
  clock.minutesAgo(33);
  const picked = slack.say(ben, payments, talk.cause(`<@${ana}>`), {
    threadTs: root,
  });
  return { channelId: payments, root, picked };
}

type SeedFile = { name: string; from: string; mimetype: string; owner: string };

function addFile(slack: LocalSlack, { name, from, mimetype, owner }: SeedFile): string {
  const content = readFileSync(new URL(`./files/${from}`, import.meta.url));
  return slack.addFile({ name, mimetype, content, owner });
}
