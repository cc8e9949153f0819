import type { App } from '@slack/bolt';
import type { ResolveIdentity } from '../../identity/resolve.ts';
import type { Log } from '../../log.ts';
import type { Queue } from '../../queue/index.ts';
import type { WithNames } from '../../session/defaults.ts';
import type { RequestState } from '../../session/request.ts';
import { createCommit } from '../../store/commit.ts';
import type { Database } from '../../store/database.ts';
import type { Person } from '../../store/identities.ts';
import type { Limiter } from '../../store/limiter.ts';
import { findFollowed } from '../../store/requests.ts';
import type { Store } from '../../store/store.ts';
import type { QuickGate, SteeringCheck } from '../../trust/index.ts';
import { createAuthority } from '../authority.ts';
import { createFormInbox } from '../form-inbox.ts';
import { createRequestInbox } from '../request-inbox.ts';
import type { Slack } from '../slack.ts';
import { createSteeringInbox } from '../steering-inbox.ts';
import { createMessageAnswers, createTellNotTaken, createTellOnce } from '../tell-once.ts';
import { createThreadInbox } from '../thread-inbox.ts';
import { createFormOpener, createViewOpener } from '../view-opener.ts';
import { createWhoseMessage } from '../whose-message.ts';
import { listenToActions } from './actions.ts';
import type { AddressedDeps } from './addressed.ts';
import { listenToApprovals } from './approvals.ts';
import { listenToCommands } from './commands.ts';
import { listenToReview, listenToSecretForm } from './form-overlays.ts';
import { listenToForms } from './forms.ts';
import { createDrawHome, listenToHome } from './home.ts';
import { listenToMessages } from './messages.ts';
import { createQuickLookUps, type QuickLookUpDeps } from './quick-look-ups.ts';
import { listenToShortcuts } from './shortcuts.ts';
import { listenToSteering } from './steering.ts';
import { listenToChannels, listenToInvitations, listenToPeople } from './workspace.ts';

type ListenerDeps = {
  app: App;
  queue: Pick<Queue, 'enqueue' | 'enqueueAll' | 'changeId'>;
  /** For what people wait for. */
  store: Store;
  /** For what they ask for. */
  withPriority: Database['withPriority'];
  slack: Pick<
    Slack,
    'outbound' | 'people' | 'botUserId' | 'files' | 'thread' | 'presence' | 'quickTextFor' | 'learnLanguage'
  >;
  resolve: ResolveIdentity;
  check: SteeringCheck;
  limiter: Limiter;
  search: QuickLookUpDeps['search'];
  /** With the names of playbooks and the like that are known now. */
  withNames: WithNames;
  tagRequests: boolean;
  mentions: 'start' | 'ask';
  quickGate: QuickGate;
  command: string;
  redrawHome: (person: Person) => Promise<void>;
  /** Called with each new state of a request, after the commit. */
  onMoved: (state: RequestState) => void;
  now: () => number;
  log: Log;
};

/** Everything that Slack sends. A listener saves what was asked for and answers Slack; jobs do the rest. */
export function createListeners(deps: ListenerDeps): void {
  const { app, queue, store, slack, command, tagRequests, withNames, now, log } = deps;
  const { enqueue } = queue;
  const { outbound, people, botUserId, quickTextFor: textFor } = slack;
  const { db, requests, sessions, replies, messages, forms, settings, listing } = store;
  const { posts, homes, greetings, knownPeople, threadNotices: notices } = store;
  const { inbox, formInbox, steering, threads } = createInboxes(deps);
  const { suggest, readHeld, readUploadedText, identify, presence, ...named } = createQuickLookUps(deps);
  const openView = createViewOpener({ outbound, textFor, log });
  const { choicesFor, effectiveDraft, explain } = deps.quickGate;
  const openForm = createFormOpener({ forms, identify, choicesFor, openView, enqueue, textFor });
  const authority = createAuthority({ identify, presence, check: deps.check, audit: store.audit, textFor });
  const whose = createWhoseMessage({ requests, settings, replies, messages, botUserId });
  const tellOnce = createTellOnce({ leases: store.leases, notices });
  const drawHome = createDrawHome({ homes, enqueue, now });
  const acting = { requests, sessions, authority, formInbox, openForm, openView, outbound, textFor };
  listenToCommands(app, {
    db,
    limiter: deps.limiter,
    ...acting,
    explain,
    enqueue,
    forms,
    listing,
    settings,
    withNames,
    people,
    identify,
    forgetIdentity: async (person) => {
      await store.identities.forget(person);
      await knownPeople.changed(person, new Date(now()));
    },
    effectiveDraft,
    inbox,
    steering,
    threads,
    learnLanguage: slack.learnLanguage,
    redrawHome: deps.redrawHome,
    drawHome,
    command,
    tagRequests,
    now,
    log,
  });
  listenToSteering(app, { ...acting, steering, threads, now });
  listenToApprovals(app, { ...acting, steering });
  listenToActions(app, { ...acting, threads, whose, readHeld, enqueue });
  const mentionsAt: AddressedDeps['mentionsAt'] = async (where) =>
    (await deps.quickGate.mentionsAt(where)) ?? deps.mentions;
  const askingIn: AddressedDeps['askingIn'] = async (where) => {
    const sessionId = await listing.askedIn(where);
    return sessionId === null ? null : findFollowed({ sessions, requests }, sessionId);
  };
  listenToMessages(app, {
    ...acting,
    askingIn,
    now,
    posts,
    steering,
    threads,
    whose,
    tellNotTaken: createTellNotTaken({ tellOnce, outbound, textFor }),
    answerMessage: createMessageAnswers({ leases: store.leases, outbound }),
    inbox,
    identify,
    mentionsAt,
    readAgain: slack.thread.readAgain,
    botUserId,
    command,
    tagRequests,
  });
  listenToShortcuts(app, { ...acting, ...named });
  listenToForms(app, { ...acting, forms, inbox, tagRequests, readUploadedText, suggest, choicesFor });
  listenToSecretForm(app, { forms, formInbox, outbound, textFor });
  listenToReview(app, { forms, outbound, enqueue, textFor });
  listenToHome(app, { ...acting, drawHome, settings, withNames, tagRequests });
  listenToInvitations(app, { ...acting, db, greetings, enqueue, botUserId });
  listenToChannels(app, { db, queue, log });
  listenToPeople(app, { knownPeople, now });
}

function createInboxes({ queue, store, withPriority, limiter, quickGate, onMoved }: ListenerDeps) {
  const { enqueue, enqueueAll } = queue;
  const { db, requests, sessions, forms, envelopes, replies } = store;
  const { effectiveDraft } = quickGate;
  const commit = createCommit({ db, withPriority });
  return {
    inbox: createRequestInbox({
      db,
      requests,
      forms,
      envelopes,
      effectiveDraft,
      limiter,
      enqueueAll,
      withPriority,
      onMoved,
    }),
    formInbox: createFormInbox({ forms, envelopes, effectiveDraft }),
    steering: createSteeringInbox({ commit, envelopes, enqueue }),
    threads: createThreadInbox({ commit, sessions, replies, enqueue }),
  };
}
