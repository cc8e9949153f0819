import { createCalls } from '../store/calls.ts';
import { createCards } from '../store/cards.ts';
import type { Database } from '../store/database.ts';
import { createEnvelopes } from '../store/envelope.ts';
import { createForms } from '../store/forms.ts';
import { createGreetings } from '../store/greetings.ts';
import { createHomes } from '../store/homes.ts';
import { createIdentities } from '../store/identities.ts';
import { createKnownPeople } from '../store/known-people.ts';
import { createLeases } from '../store/leases.ts';
import { createListing } from '../store/listing.ts';
import { createLostAnswers } from '../store/lost-answers.ts';
import { createMilestones } from '../store/milestones.ts';
import { createPosts } from '../store/posts.ts';
import { createReplies } from '../store/replies.ts';
import { createRequests } from '../store/requests.ts';
import { createSetAside } from '../store/set-aside.ts';
import type { Seal } from '../store/seal.ts';
import { createSessionMessages } from '../store/session-messages.ts';
import { createSessions } from '../store/sessions.ts';
import { createSettings as createDefaults } from '../store/settings.ts';
import { createThreadNotices } from '../store/thread-notices.ts';
import type { Settings } from './settings.ts';

export type Store = ReturnType<typeof createStore>;

export function createStore(db: Database['db'], seal: Seal, { leaseMs, editBudget, clock }: Settings) {
  return {
    db,
    envelopes: createEnvelopes(seal),
    requests: createRequests(db, leaseMs),
    sessions: createSessions(db),
    cards: createCards(db, editBudget, clock),
    milestones: createMilestones(db),
    calls: createCalls(db),
    leases: createLeases(db),
    setAside: createSetAside(db),
    posts: createPosts(db),
    lostAnswers: createLostAnswers(db),
    forms: createForms(db),
    greetings: createGreetings(db),
    homes: createHomes(db),
    identities: createIdentities(db),
    knownPeople: createKnownPeople(db),
    listing: createListing(db),
    replies: createReplies(db),
    messages: createSessionMessages(db),
    threadNotices: createThreadNotices(db),
    defaults: createDefaults(db),
  };
}
