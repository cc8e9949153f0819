import { setTimeout as delay } from 'node:timers/promises';
import { skewWarnings } from '../clock-skew.ts';
import { createHealthPages } from '../health.ts';
import type { Log } from '../log.ts';
import type { Identity } from '../session/identity.ts';
import { createAuthority } from '../slack/authority.ts';
import { nameMentions } from '../slack/context.ts';
import { createFormOpener } from '../slack/form-opener.ts';
import { createHttpServer } from '../slack/http-server.ts';
import type { HttpServer } from '../slack/http-server.ts';
import { createIntake } from '../slack/intake.ts';
import { listenToActions } from '../slack/listeners/actions.ts';
import { listenToAddressed } from '../slack/listeners/addressed.ts';
import { listenToCommands } from '../slack/listeners/commands.ts';
import { listenToEvents } from '../slack/listeners/events.ts';
import { listenToInvitations } from '../slack/listeners/greeting.ts';
import { listenToHome } from '../slack/listeners/home.ts';
import { listenToOptions } from '../slack/listeners/options.ts';
import type { Suggest } from '../slack/listeners/options.ts';
import { listenToReview } from '../slack/listeners/review.ts';
import { listenToSecretForm } from '../slack/listeners/secret-form.ts';
import { listenToPeople } from '../slack/listeners/people.ts';
import { listenToShortcuts } from '../slack/listeners/shortcuts.ts';
import { listenToSteering } from '../slack/listeners/steering.ts';
import { listenToViews } from '../slack/listeners/views.ts';
import type { InConversation, Presence } from '../slack/presence.ts';
import { createSteeringIntake } from '../slack/steering-intake.ts';
import type { People } from '../slack/people.ts';
import { createUploadedTextReader } from '../slack/uploaded-text.ts';
import { createThreadIntake } from '../slack/thread-intake.ts';
import { createViewOpener } from '../slack/view-opener.ts';
import type { Person } from '../store/identities.ts';
import { en } from '../text/index.ts';
import type { Parts } from './parts.ts';
import { createReadiness } from './readiness.ts';

/** Slack's 3 s for an answer, or for a view to open, less the way there and back. */
const ANSWER_MS = 2000;
/** Of these: to find out who a person is, and then whether they are in a conversation. */
const IDENTITY_MS = 1200;
const PRESENCE_MS = 700;
/** Of the 3 s that a form can be opened in. Names that take longer are put in when the task is sent. */
const NAMES_MS = 800;
/** Of Slack's 3 s for an answer to a form, what reading its files may take. */
const FILES_MS = 1500;

/** What the outside talks to: the listeners, and the pages for app admins. */
export function createEdge(parts: Parts): HttpServer {
  const { config, settings, metrics, queue, urgentStore: store, database, slack } = parts;
  const { enqueue } = queue;
  const { log, now } = settings;
  const { outbound, people, botUserId } = slack;
  const { app } = slack.bolt;
  const { prefer } = database;
  const { command } = config.slack;
  const text = en;
  const intake = createIntake({ ...store, limiter: parts.limiter, enqueueAll: queue.enqueueAll, prefer });
  const openView = createViewOpener({ outbound, text });
  const identify = createIdentify(parts);
  const authority = createAuthority({ ...store, identify, presence: createPresenceInTime(parts), text });
  const openForm = createFormOpener({ ...store, identify, openView, enqueue, text });
  const steering = createSteeringIntake({ ...store, enqueue, prefer });
  const threads = createThreadIntake({ ...store, enqueue, prefer });
  const tagRequests = config.requestTag;
  const shared = {
    ...store,
    tagRequests,
    authority,
    intake,
    steering,
    openForm,
    openView,
    outbound,
    enqueue,
    text,
  };
  listenToCommands(app, { ...shared, command, people, identify, now });
  listenToSteering(app, shared);
  listenToEvents(app, { ...shared, threads, notices: store.threadNotices, botUserId, log });
  listenToAddressed(app, { ...shared, botUserId, command, mentions: config.mentions });
  listenToShortcuts(app, {
    ...shared,
    nameMentions: createNamer(people, log),
    isMember: createMemberCheck(people, log),
  });
  const readUploadedText = createUploadedTextReader({ files: slack.files, timeoutMs: FILES_MS });
  listenToViews(app, { ...shared, readUploadedText });
  listenToSecretForm(app, { ...shared, readUploadedText });
  listenToReview(app, shared);
  listenToOptions(app, { suggest: createSuggest(parts), text });
  listenToActions(app, shared);
  listenToHome(app, { ...shared, now });
  listenToInvitations(app, { ...shared, botUserId });
  listenToPeople(app, { ...store, now });
  return createHttpServer({
    host: config.http.host,
    port: config.http.port,
    pages: createHealthPages({
      readiness: createReadiness(parts),
      warnings: () => skewWarnings(parts.skews, en),
      metrics,
      metricsToken: config.http.metricsToken,
    }),
    slackEvents: slack.bolt.slackEvents,
  });
}

function createNamer(people: People, log: Log): (text: string) => Promise<string> {
  return async (text) => {
    const named = nameMentions(text, people).catch((error: unknown) => {
      log.warn({ err: error }, 'names could not be looked up');
      return text;
    });
    return Promise.race([named, delay(NAMES_MS, text, { ref: false })]);
  };
}

function createMemberCheck(people: People, log: Log): (userId: string) => Promise<boolean> {
  return async (userId) => {
    const found = people.find(userId).then(
      (person) => person?.kind === 'member',
      (error: unknown) => {
        log.warn({ err: error }, 'who wrote a message could not be looked up');
        return false;
      },
    );
    return Promise.race([found, delay(NAMES_MS, false, { ref: false })]);
  };
}

function createSuggest({ devin: { catalog }, resolver, settings: { log } }: Parts): Suggest {
  const search: Suggest = async (person, lookup, typed) => {
    const { kind } = await resolver.resolve(person);
    return kind === 'refused' ? [] : catalog.search(lookup, typed);
  };
  return async (person, lookup, typed) => {
    const found = search(person, lookup, typed).catch((error: unknown) => {
      log.warn({ err: error, lookup }, 'suggestions could not be looked up');
      return [];
    });
    return Promise.race([found, delay(ANSWER_MS, [], { ref: false })]);
  };
}

/** null: nobody could tell in time. */
function createIdentify({ resolver, settings: { log } }: Parts) {
  return async (person: Person): Promise<Identity | null> => {
    const identity = resolver.resolve(person).catch((error: unknown) => {
      log.warn({ err: error }, 'could not look up who a person is');
      return null;
    });
    return Promise.race([identity, delay(IDENTITY_MS, null, { ref: false })]);
  };
}

function createPresenceInTime({ slack, settings: { log } }: Parts) {
  return async (asked: InConversation): Promise<Presence | null> => {
    const presence = slack.presence(asked).catch((error: unknown) => {
      log.warn({ err: error }, 'it could not be looked up who is in a conversation');
      return null;
    });
    return Promise.race([presence, delay(PRESENCE_MS, null, { ref: false })]);
  };
}
