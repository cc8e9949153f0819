import type { ResolveIdentity } from '../../identity/resolve.ts';
import type { Log } from '../../log.ts';
import type { Queue } from '../../queue/index.ts';
import type { WithNames } from '../../session/defaults.ts';
import type { Mentions } from '../../session/preferences.ts';
import type { RequestState } from '../../session/request.ts';
import { createCommit, type Writes } from '../../store/commit.ts';
import type { Person } from '../../store/identities.ts';
import type { Limiter } from '../../store/limiter.ts';
import { findFollowed } from '../../store/requests.ts';
import type { Store } from '../../store/store.ts';
import type { QuickGate, MayEnd, SteeringCheck } from '../../trust/index.ts';
import { createAuthority } from '../authority.ts';
import type { Slack } from '../edge/slack.ts';
import { createFormOpener, createViewOpener } from '../edge/view-opener.ts';
import { createActInbox, createThreadInbox } from '../inbox/acts.ts';
import { createFormInbox } from '../inbox/form-inbox.ts';
import { createRequestInbox } from '../inbox/request-inbox.ts';
import { createMessageAnswers } from '../tell-once.ts';
import { createQuickLookUps, type QuickLookUpDeps } from './quick-look-ups.ts';

export type ToolDeps = {
  queue: Pick<Queue, 'enqueue' | 'enqueueAll'>;
  /** For what people wait for. */
  store: Store;
  /** Saves what they ask for. */
  save: Writes['save'];
  slack: Pick<
    Slack,
    'outbound' | 'people' | 'botUserId' | 'files' | 'thread' | 'presence' | 'quickTextFor' | 'learnLanguage'
  >;
  resolve: ResolveIdentity;
  check: SteeringCheck;
  mayEnd: MayEnd;
  limiter: Limiter;
  search: QuickLookUpDeps['search'];
  /** With the names of playbooks and the like that are known now. */
  withNames: WithNames;
  /** The app adds a tag of its own to each session. */
  tagRequests: boolean;
  mentions: 'start' | 'ask';
  quickGate: QuickGate;
  command: string;
  /** Redraws the person's Home if they may be looking at it. */
  redrawHome: (person: Person) => Promise<void>;
  /** Called with each new state of a request, after the commit. */
  onMoved: (state: RequestState) => void;
  now: () => number;
  log: Log;
};

/** What listeners work with. Each names the part that it uses. */
export type Tools = ReturnType<typeof createTools>;

/** A person's Home, and the conversation with the app, where a card can go. */
export type HomeOwner = { teamId: string; userId: string; channelId: string };

export function createTools(deps: ToolDeps) {
  const { queue, store, slack, check, command, limiter, withNames, tagRequests, redrawHome, log } = deps;
  const { mayEnd, now } = deps;
  const { enqueue } = queue;
  const { outbound, people, botUserId, learnLanguage, quickTextFor: textFor } = slack;
  const { db, requests, sessions, forms, settings, listing, shown, knownPeople, leases } = store;
  const { choicesFor, effectiveDraft, explain } = deps.quickGate;
  const { inbox, formInbox, acts, threads } = createInboxes(deps);
  const { identify, lookUp, lookUpAtLength, presence, suggest, readUploadedText, nameMentions, isMember } =
    createQuickLookUps(deps);
  const openView = createViewOpener({ outbound, textFor, log });
  return {
    store,
    db,
    requests,
    sessions,
    forms,
    settings,
    listing,
    shown,
    knownPeople,
    queue,
    enqueue,
    outbound,
    people,
    botUserId,
    learnLanguage,
    textFor,
    command,
    limiter,
    withNames,
    tagRequests,
    redrawHome,
    now,
    log,
    choicesFor,
    effectiveDraft,
    explain,
    inbox,
    formInbox,
    acts,
    threads,
    identify,
    lookUp,
    suggest,
    readUploadedText,
    nameMentions,
    isMember,
    readAgain: slack.thread.readAgain,
    thread: slack.thread,
    openView,
    openForm: createFormOpener({ lookUp, lookUpAtLength, choicesFor, outbound, openView, textFor }),
    authority: createAuthority({ identify, presence, check, mayEnd, audit: store.audit, textFor }),
    answerMessage: createMessageAnswers({ leases, outbound }),

    /** Forgets what Slack and Devin said about the person. */
    async forgetIdentity(person: Person): Promise<void> {
      await store.identities.forget(person);
      await knownPeople.changed(person, new Date(now()));
    },

    /** Draws the Home that a person is looking at: they opened it, or pressed something in it. */
    async drawHome(owner: HomeOwner): Promise<void> {
      await enqueue('show', { key: await shown.homeOpened(owner) }, { interactive: true });
    },

    /** What a message to the app does in a place. Doesn't take long, whatever it finds. */
    mentionsAt: async (where: Person & { channelId: string }): Promise<Mentions> =>
      (await settings.preferencesFor(where)).mentions ?? deps.mentions,

    /** The session that waits for an answer in a direct conversation; null: none. */
    async askingIn(where: { teamId: string; channelId: string }) {
      const sessionId = await listing.askedIn(where);
      return sessionId === null ? null : findFollowed({ sessions, requests }, sessionId);
    },
  };
}

/** They save what people ask for. */
function createInboxes({ queue, store, save, limiter, quickGate, onMoved }: ToolDeps) {
  const { enqueue, enqueueAll } = queue;
  const { db, requests, forms, envelopes } = store;
  const { effectiveDraft } = quickGate;
  const commit = createCommit({ db, save });
  return {
    inbox: createRequestInbox({
      db,
      requests,
      forms,
      envelopes,
      effectiveDraft,
      limiter,
      enqueueAll,
      save,
      onMoved,
    }),
    formInbox: createFormInbox({ forms, envelopes, effectiveDraft }),
    acts: createActInbox({ commit, envelopes, enqueue }),
    threads: createThreadInbox({ commit, store, enqueue }),
  };
}
