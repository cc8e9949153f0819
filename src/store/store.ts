import type { Times } from '../times.ts';
import { createAudit } from './audit.ts';
import type { Database } from './database.ts';
import { createEchoes } from './echoes.ts';
import { createEnvelopes, type Seal } from './envelope.ts';
import { createForms } from './forms.ts';
import { createIdentities, createKnownPeople } from './identities.ts';
import { createLeases } from './leases.ts';
import { createLedger } from './ledger.ts';
import { createListing } from './listing.ts';
import { createPolls } from './polls.ts';
import { createReplies } from './replies.ts';
import { createRequests } from './requests.ts';
import { createSessions } from './sessions.ts';
import { createSetAside } from './set-aside.ts';
import { createSettings } from './settings.ts';
import { createShown } from './shown.ts';
import type { Clock } from './sql.ts';
import { createThreadMessages } from './thread-messages.ts';
import { createTurns } from './turns.ts';
import { createUnconfirmedCreates } from './unconfirmed-creates.ts';
import { createUsage } from './usage.ts';

export type Store = ReturnType<typeof createStore>;

/** Of some parts of the store, only what is used: `StoreParts<{ requests: 'find' | 'lock' }>`. */
export type StoreParts<Used extends { [Part in keyof Store]?: keyof Store[Part] }> = {
  [Part in keyof Store & keyof Used]: Pick<Store[Part], Used[Part] & keyof Store[Part]>;
};

type StoreOptions = { editBudget: Times['editBudget']; clock: Clock };

export function createStore(db: Database['db'], seal: Seal, { editBudget, clock }: StoreOptions) {
  return {
    db,
    audit: createAudit(db),
    envelopes: createEnvelopes(seal),
    requests: createRequests(db, clock),
    sessions: createSessions(db),
    polls: createPolls(db),
    leases: createLeases(db),
    ledger: createLedger(db, clock),
    setAside: createSetAside(db),
    shown: createShown(db),
    unconfirmedCreates: createUnconfirmedCreates(db),
    forms: createForms(db),
    identities: createIdentities(db),
    knownPeople: createKnownPeople(db),
    listing: createListing(db),
    replies: createReplies(db),
    echoes: createEchoes(db),
    messages: createThreadMessages(db),
    turns: createTurns(db, editBudget, clock),
    usage: createUsage(db),
    settings: createSettings(db),
  };
}
