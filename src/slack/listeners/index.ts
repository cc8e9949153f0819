import type { App } from '@slack/bolt';
import type { ResolveIdentity } from '../../identity/resolve.ts';
import type { Log } from '../../log.ts';
import type { Queue } from '../../queue/index.ts';
import type { EffectiveDraft } from '../../session/defaults.ts';
import type { Lookup } from '../../session/fields.ts';
import type { Identity } from '../../session/identity.ts';
import type { RequestState } from '../../session/request.ts';
import { commitInTime, type Commit } from '../../store/commit.ts';
import type { Database } from '../../store/database.ts';
import type { Person } from '../../store/identities.ts';
import type { Limiter } from '../../store/limiter.ts';
import { findFollowed } from '../../store/requests.ts';
import type { Store } from '../../store/store.ts';
import { createInTime } from '../../time.ts';
import type { QuickGate } from '../../trust/index.ts';
import { createAuthority, createSteeringCheck } from '../authority.ts';
import type { Suggestion } from '../blocks/form/elements.ts';
import { withoutMention } from '../command/thread-keywords.ts';
import type { InConversation, Presence } from '../conversations.ts';
import { createUploadedTextReader } from '../files.ts';
import { createEffectiveDraft, createFormInbox } from '../form-inbox.ts';
import { readMessage } from '../messages.ts';
import { nameMentions } from '../people.ts';
import { createRequestInbox } from '../request-inbox.ts';
import type { Slack } from '../slack.ts';
import { createSteeringInbox } from '../steering-inbox.ts';
import { createLanguageChooser } from '../text-for.ts';
import { createThreadInbox } from '../thread-inbox.ts';
import { createFormOpener, createViewOpener } from '../view-opener.ts';
import { listenToActions, type ActionDeps } from './actions.ts';
import { createMessageAnswers, type AddressedDeps } from './addressed.ts';
import { listenToApprovals } from './approvals.ts';
import { listenToCommands } from './commands.ts';
import { listenToReview, listenToSecretForm } from './form-overlays.ts';
import { listenToForms, type Suggest } from './forms.ts';
import { listenToHome } from './home.ts';
import { listenToMessages } from './messages.ts';
import { listenToShortcuts } from './shortcuts.ts';
import { listenToSteering } from './steering.ts';
import { listenToChannels, listenToInvitations, listenToPeople } from './workspace.ts';

/** Slack allows 3 s for an answer or to open a view; this leaves time for the way there and back. */
const ANSWER_MS = 2000;
/** Parts of it: to find out who a person is, then whether they are in a conversation. */
const IDENTITY_MS = 1200;
const PRESENCE_MS = 700;
/** Part of it, too: to read a message again. */
const MESSAGE_MS = 700;
/** Part of the 3 s to open a form. Names that take longer are added when the task is sent. */
const NAMES_MS = 800;
/** Part of the 3 s for an answer to a form: to read its files. */
const FILES_MS = 1500;

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
  limiter: Limiter;
  /** Searches for suggestions in a form. */
  search: (lookup: Lookup, typed: string) => Promise<Suggestion[]>;
  /** With the names of playbooks and the like that are known now. */
  withNames: (draft: EffectiveDraft) => EffectiveDraft;
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
  const { app, store, slack } = deps;
  // Each listener's own type names what it needs of this.
  const all = {
    ...deps,
    ...store,
    ...createInboxes(deps),
    ...createActing(deps),
    notices: store.threadNotices,
    people: slack.people,
    botUserId: slack.botUserId,
    explain: deps.quickGate.explain,
    forgetIdentity: async (person: Person): Promise<void> => {
      await store.identities.forget(person);
      await store.knownPeople.changed(person, new Date(deps.now()));
    },
    answerMessage: createMessageAnswers({ leases: store.leases, outbound: slack.outbound }),
    readAgain: slack.thread.readAgain,
    mentionsAt: async (where: Parameters<AddressedDeps['mentionsAt']>[0]) =>
      (await deps.quickGate.mentionsAt(where)) ?? deps.mentions,
    askingIn: async (where: Parameters<AddressedDeps['askingIn']>[0]) => {
      const sessionId = await store.listing.askedIn(where);
      return sessionId === null ? null : findFollowed(store, sessionId);
    },
  };
  listenToCommands(app, all);
  listenToSteering(app, all);
  listenToApprovals(app, all);
  listenToActions(app, all);
  listenToMessages(app, all);
  listenToShortcuts(app, all);
  listenToForms(app, all);
  listenToSecretForm(app, all);
  listenToReview(app, all);
  listenToHome(app, all);
  listenToInvitations(app, all);
  listenToChannels(app, all);
  listenToPeople(app, all);
}

/** What listeners ask about people, and how they answer them. */
function createActing(deps: ListenerDeps) {
  const { queue, store, slack, resolve } = deps;
  const { outbound, quickTextFor: textFor } = slack;
  const { forms, settings } = store;
  const { choicesFor } = deps.quickGate;
  const { enqueue } = queue;
  const lookUps = createQuickLookUps(deps);
  const { identify, presence } = lookUps;
  const openView = createViewOpener({ outbound, textFor });
  const check = createSteeringCheck({ resolve, settings });
  return {
    ...lookUps,
    enqueue,
    outbound,
    textFor,
    choicesFor,
    openView,
    openForm: createFormOpener({ forms, identify, choicesFor, openView, enqueue, textFor }),
    authority: createAuthority({ identify, presence, check, audit: store.audit, textFor }),
    readUploadedText: createUploadedTextReader({ files: slack.files, timeoutMs: FILES_MS }),
    chooseLanguage: createLanguageChooser({ settings, learnLanguage: slack.learnLanguage }),
  };
}

function createInboxes(deps: ListenerDeps) {
  const { queue, store, withPriority, quickGate, withNames } = deps;
  const { db, settings } = store;
  const { enqueue, enqueueAll } = queue;
  const commit: Commit = async (task) => commitInTime({ db, withPriority }, task);
  const effectiveDraft = createEffectiveDraft({ settings, rulesAt: quickGate.rulesAt, withNames });
  const all = { ...deps, ...store, enqueue, enqueueAll, commit, effectiveDraft };
  return {
    effectiveDraft,
    inbox: createRequestInbox(all),
    formInbox: createFormInbox(all),
    steering: createSteeringInbox(all),
    threads: createThreadInbox(all),
  };
}

/** What people wait for: each has an answer in time, whatever Slack and Devin do. */
function createQuickLookUps({ search, resolve, slack, log }: ListenerDeps) {
  const { people, presence, thread } = slack;
  const inTime = createInTime(log);

  async function suggested(person: Person, lookup: Lookup, typed: string): Promise<Suggestion[]> {
    const { kind } = await resolve(person);
    return kind === 'refused' ? [] : search(lookup, typed);
  }

  const suggest: Suggest = async (person, lookup, typed) => {
    const what = `suggestions for ${lookup}`;
    return inTime(suggested(person, lookup, typed), { withinMs: ANSWER_MS, otherwise: [], what });
  };

  const readHeld: ActionDeps['readHeld'] = async (held) => {
    const within = { withinMs: MESSAGE_MS, otherwise: null, what: 'what a message says now' };
    const { slackText = '' } = (await inTime(thread.readAgain({ ...held, slackText: '' }), within)) ?? {};
    const text = withoutMention(slackText.trim(), slack.botUserId());
    return text === '' ? null : readMessage({ ts: held.ts, text }).text;
  };

  return {
    suggest,
    readHeld,
    /** null: nobody could tell in time. */
    identify: async (person: Person): Promise<Identity | null> =>
      inTime(resolve(person), { withinMs: IDENTITY_MS, otherwise: null, what: 'who a person is' }),
    /** The same. */
    presence: async (asked: InConversation): Promise<Presence | null> =>
      inTime(presence(asked), { withinMs: PRESENCE_MS, otherwise: null, what: 'who is in a conversation' }),
    nameMentions: async (text: string): Promise<string> =>
      inTime(nameMentions(text, people), { withinMs: NAMES_MS, otherwise: text, what: 'names' }),
    isMember: async (userId: string): Promise<boolean> => {
      const asking = people.find(userId).then((found) => found?.kind === 'member');
      return inTime(asking, { withinMs: NAMES_MS, otherwise: false, what: 'who wrote a message' });
    },
  };
}
