import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Kysely, Transaction } from 'kysely';
import type { EnqueueAll } from '../queue/index.ts';
import type { Replaces } from '../session/approval.ts';
import type { MessageContext, PlaceKind } from '../session/context.ts';
import { applyDefaults, applyForm, isHidden, withoutFields } from '../session/defaults.ts';
import type { EffectiveDraft } from '../session/defaults.ts';
import { faultsOfFailure } from '../session/failure.ts';
import type { Faults } from '../session/failure.ts';
import type { FieldKey, SessionDraft, SessionSecret, StoredDraft } from '../session/fields.ts';
import type { Wish } from '../session/intent.ts';
import type { LimitReached } from '../session/limits.ts';
import { appendAudit, requestEntries } from '../store/audit.ts';
import type { AuditEntry } from '../store/audit.ts';
import { beginCommit, inBatches, inTime } from '../store/commit.ts';
import type { Deadline } from '../store/commit.ts';
import type { Envelope, Envelopes } from '../store/envelope.ts';
import type { Form, Forms } from '../store/forms.ts';
import type { Limiter } from '../store/limiter.ts';
import { messageKey, newId } from '../store/request-row.ts';
import type { NewRequest, SessionRequest } from '../store/request-row.ts';
import { lostSecrets } from '../store/requests.ts';
import type { Requests } from '../store/requests.ts';
import type { Settings } from '../store/settings.ts';
import type { Tables } from '../store/tables.ts';

/** Who asked, and where. */
export type Asked = {
  teamId: string;
  userId: string;
  channelId: string;
  threadTs: string | null;
  /** Left out: not known. */
  placeKind?: PlaceKind | null;
  responseUrl: string | null;
};

/** `set`: puts in what cannot be overridden. */
type PlaceRules = { defaults: StoredDraft; set: (draft: EffectiveDraft) => EffectiveDraft };

type IntakeDeps = {
  db: Kysely<Tables>;
  requests: Requests;
  forms: Forms;
  defaults: Settings;
  envelopes: Envelopes;
  /** What the policy sets where something is asked for; null: nothing. Doesn't take long, whatever it finds. */
  rulesAt: (where: { channelId: string; placeKind: PlaceKind | null }) => Promise<PlaceRules | null>;
  limiter: Pick<Limiter, 'lock' | 'beyond'>;
  enqueueAll: EnqueueAll;
  /** While the task runs, other work on the database steps back: Slack waits 3 s, a person less. */
  withPriority: <T>(task: () => Promise<T>) => Promise<T>;
};

/** Requests that share a transaction, in a rush. */
const MOST_AT_ONCE = 50;
const ID_LENGTH = 24;
/** So soon, the same command again is rather a slip than a wish for two. */
const TWIN_MS = 2 * 60_000;

const commandKey = (triggerId: string): string => `command:${triggerId}`;

export type Intake = ReturnType<typeof createIntake>;

/** What listeners may do: write down what was asked. Everything else happens after Slack has its answer. */
export function createIntake(deps: IntakeDeps) {
  const { db, requests, forms, defaults, envelopes, limiter, enqueueAll, withPriority } = deps;

  /** Row and job in one transaction; a delivery that was seen before changes nothing. */
  const write = inBatches(async (batch: Timely[]): Promise<Written[]> => {
    const deadlines = batch.map(({ deadline }) => deadline);
    // While it waited for the batch before, its time may have passed.
    for (const deadline of deadlines) deadline.check();
    return db.transaction().execute(async (trx) => {
      await limiter.lock(
        batch.map(({ request }) => request),
        trx,
      );
      const twins = await findTwins(requests, batch, trx);
      const wanted = batch.flatMap(({ request }) => (twins.has(request.id) ? [] : [request]));
      if (wanted.length === 0) return batch.map((timely) => written(timely, { twins, inserted: [] }));
      const areNew = await requests.insert(wanted, trx);
      const inserted = wanted.filter((_request, at) => areNew[at]);
      const beyond = await limiter.beyond(inserted, trx);
      const refusals: AuditEntry[] = [];
      for (const request of inserted)
        refusals.push(...(await refuseBeyond(request, beyond.get(request.id), trx)));
      const jobs = inserted
        .filter(({ id }) => !beyond.has(id))
        .map(({ id }) => ({ payload: { requestId: id }, key: id }));
      if (jobs.length > 0) await enqueueAll('create-session', jobs, trx);
      await appendAudit(refusals, trx);
      beginCommit(deadlines);
      return batch.map((timely) => written(timely, { twins, inserted }));
    });
  }, MOST_AT_ONCE);

  /** Rejects with a `TooLateError` what is not written before Slack stops waiting. */
  const accept = async (toRequest: () => Promise<NewRequest>): Promise<boolean> =>
    inTime(async (deadline) =>
      withPriority(async () => {
        const { isNew } = await write({ request: await toRequest(), deadline, unlessTwin: false });
        return isNew;
      }),
    );
  /** The person is told why, and gets what they typed back in a form. */
  async function refuseBeyond(
    { id, sealed }: NewRequest,
    reached: LimitReached | undefined,
    trx: Transaction<Tables>,
  ): Promise<AuditEntry[]> {
    if (reached === undefined) return [];
    const failure = { kind: 'limit', ...reached } as const;
    const changes = { failure, sealed: envelopes.withoutSecrets(id, sealed) };
    const moved = await requests.advance({ id, from: 'accepted', to: 'refused', changes }, trx);
    const payload = { requestId: id, notice: 'refused' } as const;
    await enqueueAll('tell-person', [{ payload, key: id }], trx);
    return moved === null ? [] : requestEntries('accepted', moved);
  }

  async function withDefaults(
    { teamId, userId, channelId, placeKind = null }: Asked,
    { draft, reset = [] }: { draft: StoredDraft; reset?: readonly FieldKey[] },
  ): Promise<EffectiveDraft> {
    const [layers, rules] = await Promise.all([
      defaults.layersFor({ teamId, userId, channelId }),
      deps.rulesAt({ channelId, placeKind }),
    ]);
    const channel = { ...rules?.defaults, ...layers.channel };
    const effective = applyDefaults({ ...withoutFields({ ...layers, channel }, reset), request: draft });
    return rules === null ? effective : rules.set(effective);
  }

  /** Its id goes into a button or a modal. */
  async function keepForm(
    asked: Asked,
    { id = newId(), draft, context, lost = null, faults = {}, replaces = null }: FilledIn,
  ): Promise<Form> {
    const sealed = envelopes.close(id, { responseUrl: asked.responseUrl, sessionSecrets: [] });
    const { teamId, userId, channelId, threadTs, placeKind = null } = asked;
    const expanded = isHidden(faults);
    await forms.insert({
      id,
      teamId,
      userId,
      channelId,
      threadTs,
      placeKind,
      draft,
      context,
      sealed,
      lostSecrets: lost,
      faults,
      expanded,
      replaces,
    });
    return {
      id,
      teamId,
      userId,
      channelId,
      threadTs,
      placeKind,
      draft,
      context,
      sealed,
      lostSecrets: lost,
      faults,
      replaces,
      without: null,
      secretNames: null,
      expanded,
      description: null,
    };
  }

  async function typedRequest(
    asked: Asked,
    dedupeKey: string,
    { draft, files, reset = [], context = null }: Typed,
  ): Promise<NewRequest> {
    const { session_secrets: sessionSecrets = [], ...stored } = draft;
    const id = newId();
    return {
      id,
      dedupeKey,
      source: 'command',
      teamId: asked.teamId,
      userId: asked.userId,
      channelId: asked.channelId,
      threadTs: asked.threadTs,
      placeKind: asked.placeKind,
      draft: await withDefaults(asked, { draft: stored, reset }),
      context,
      slackFileIds: files.map(({ id: fileId }) => fileId),
      sealed: envelopes.close(id, { responseUrl: asked.responseUrl, sessionSecrets }),
      secretNames: sessionSecrets.map(({ key }) => key),
    };
  }

  const acceptTyped = async (asked: Asked, dedupeKey: string, typed: Typed): Promise<boolean> =>
    accept(async () => typedRequest(asked, dedupeKey, typed));

  return {
    /**
     * A task typed as a command; `triggerId` is Slack's name for this one delivery. Nothing is written if the person asked
     * for the same in the same place a moment ago: that request comes back.
     */
    acceptCommand: async (
      asked: Asked,
      triggerId: string,
      { draft, reset }: Wish,
    ): Promise<SessionRequest | null> =>
      inTime(async (deadline) =>
        withPriority(async () => {
          const dedupeKey = commandKey(triggerId);
          const request = await typedRequest(asked, dedupeKey, { draft, reset, files: [] });
          const { twinId } = await write({ request, deadline, unlessTwin: true });
          return twinId === null ? null : requests.find(twinId);
        }),
      ),

    /** What would be asked for: with the defaults, and what is set in the place. Nothing is written. */
    effective: withDefaults,

    /** A task typed in a thread. `place` names the message. */
    acceptInThread: async (asked: Asked, place: string, typed: Typed) =>
      acceptTyped(asked, `thread:${asked.teamId}:${place}`, typed),

    /** A message to the app, which is the task: once, however often it arrives. */
    acceptMessage: async (asked: Asked, ts: string, typed: Typed) =>
      acceptTyped(asked, messageKey({ ...asked, ts }), typed),

    /** A form that was submitted; `viewId` names this one opening of it. */
    async acceptForm(form: Form, submission: Submission) {
      const { session_secrets: typed = [], ...stored } = submission.draft;
      const id = newId();
      const { sessionSecrets: kept, ...ways } = envelopes.open(form.id, form.sealed) ?? EMPTY;
      const sessionSecrets = withSecrets(kept, typed);
      const context =
        form.context === null
          ? null
          : {
              ...form.context,
              choice: submission.choice ?? form.context.choice,
              ...(form.without !== null && { without: form.without }),
            };
      const request: NewRequest = {
        id,
        dedupeKey: `form:${submission.viewId}`,
        source: 'form',
        teamId: form.teamId,
        userId: submission.userId,
        channelId: form.channelId,
        threadTs: form.threadTs,
        placeKind: form.placeKind,
        draft: applyForm(form.draft, stored, form.expanded),
        context,
        slackFileIds: submission.fileIds,
        sealed: envelopes.close(id, { ...ways, sessionSecrets }),
        secretNames: sessionSecrets.map(({ key }) => key),
        replaces: form.replaces,
      };
      const isNew = await accept(async () => Promise.resolve(request));
      if (kept.length > 0) await forms.seal(form.id, envelopes.withoutSecrets(form.id, form.sealed), []);
      return isNew;
    },

    /** The form is opened from a private notice, which is removed once a session has started from it. */
    async openedFrom(form: Form, noticeUrl: string): Promise<void> {
      const envelope = envelopes.open(form.id, form.sealed) ?? EMPTY;
      await forms.reseal(form.id, envelopes.close(form.id, { ...envelope, noticeUrl }));
    },

    /** Secrets that were entered one by one, until the form is sent. Those that were kept before stay if they are to. */
    async keepSecrets(form: Form, { secrets, kept }: KeptSecrets): Promise<Form> {
      const { sessionSecrets: before, ...ways } = envelopes.open(form.id, form.sealed) ?? EMPTY;
      const sessionSecrets = withSecrets(before.filter(kept), secrets);
      const sealed = envelopes.close(form.id, { ...ways, sessionSecrets });
      const names = sessionSecrets.map(({ key }) => key);
      await forms.seal(form.id, sealed, names);
      return { ...form, sealed, secretNames: names };
    },

    /** A text that a person was asked about, which is a task after all: once, however often they say so. */
    async acceptOffered(form: Form): Promise<boolean> {
      const id = newId();
      const responseUrl = envelopes.open(form.id, form.sealed)?.responseUrl ?? null;
      const { teamId, userId, channelId, threadTs } = form;
      const request: NewRequest = {
        id,
        dedupeKey: `offered:${form.id}`,
        source: 'command',
        teamId,
        userId,
        channelId,
        threadTs,
        placeKind: form.placeKind,
        draft: form.draft,
        context: form.context,
        slackFileIds: [],
        sealed: envelopes.close(id, { responseUrl, sessionSecrets: [] }),
      };
      return accept(async () => Promise.resolve(request));
    },

    /** Keeps what a form is filled in with. */
    async offerForm(asked: Asked, draft: SessionDraft, context: MessageContext | null = null): Promise<Form> {
      const { session_secrets: _never, ...stored } = draft;
      return inTime(async () =>
        keepForm(asked, { draft: await withDefaults(asked, { draft: stored }), context }),
      );
    },

    /** Keeps what could be read of a command, and shows at its fields what could not. */
    async offerCorrection(asked: Asked, { draft, reset }: Wish, faults: Faults = {}): Promise<Form> {
      const { session_secrets: _never, ...stored } = draft;
      return inTime(async () =>
        keepForm(asked, {
          draft: await withDefaults(asked, { draft: stored, reset }),
          context: null,
          faults,
        }),
      );
    },

    /** Keeps a message to the app as a form: one, however often the message arrives. */
    async offerMessage(asked: Asked, ts: string, { wish: { draft, reset }, ...filled }: OfferedMessage) {
      const { session_secrets: _never, ...stored } = draft;
      const id = createHash('sha256')
        .update(messageKey({ ...asked, ts }))
        .digest('hex')
        .slice(0, ID_LENGTH);
      return keepForm(asked, { ...filled, id, draft: await withDefaults(asked, { draft: stored, reset }) });
    },

    /** Keeps a form filled in like a request, to start the same again. */
    async offerAgain(
      { userId, responseUrl, replaces = null }: Again,
      request: SessionRequest,
    ): Promise<Form> {
      const { teamId, channelId, threadTs, placeKind } = request;
      const { draft, context } = request;
      const asked = { teamId, userId, channelId, threadTs, placeKind, responseUrl };
      const faults = faultsOfFailure(request.failure, draft.values);
      return keepForm(asked, { draft, context, lost: lostSecrets(request), faults, replaces });
    },
  };
}

const EMPTY: Envelope = { responseUrl: null, sessionSecrets: [] };

type KeptSecrets = { secrets: SessionSecret[]; kept: (secret: SessionSecret, at: number) => boolean };

/** A name that comes again takes its newer value. */
function withSecrets(before: readonly SessionSecret[], newer: readonly SessionSecret[]): SessionSecret[] {
  const names = new Set(newer.map(({ key }) => key));
  return [...before.filter(({ key }) => !names.has(key)), ...newer];
}

/** `unlessTwin`: not if the person asked for the same there a moment ago. */
type Timely = { request: NewRequest; deadline: Deadline; unlessTwin: boolean };
type Written = { isNew: boolean; twinId: string | null };
type Batch = { twins: ReadonlyMap<string, string>; inserted: readonly NewRequest[] };

function written({ request: { id } }: Timely, { twins, inserted }: Batch): Written {
  return { isNew: inserted.some((one) => one.id === id), twinId: twins.get(id) ?? null };
}

/** Of requests to be written, the ones that were asked for already, and by which request. The people are locked. */
async function findTwins(
  requests: Pick<Requests, 'recentOf'>,
  batch: readonly Timely[],
  trx: Transaction<Tables>,
): Promise<Map<string, string>> {
  const twins = new Map<string, string>();
  const asked = batch.flatMap(({ request, unlessTwin }) => (unlessTwin ? [request] : []));
  if (asked.length === 0) return twins;
  const known: Known[] = await requests.recentOf(asked, TWIN_MS, trx);
  for (const one of asked) {
    const theirs = known.filter((other) => keyOf(other) === keyOf(one));
    // This very delivery was written before.
    if (theirs.some(({ dedupeKey }) => dedupeKey === one.dedupeKey)) continue;
    const twin = theirs.find(({ draft }) => isDeepStrictEqual(draft.values, one.draft.values));
    if (twin === undefined) known.push(one);
    else twins.set(one.id, twin.id);
  }
  return twins;
}

type Known = Pick<NewRequest, 'id' | 'dedupeKey' | 'teamId' | 'userId' | 'channelId' | 'draft'>;
const keyOf = ({ teamId, userId, channelId }: Known): string => [teamId, userId, channelId].join(' ');

/** `replaces`: the approval that a request waits for, which the person wants to change. */
type Again = Pick<Asked, 'userId' | 'responseUrl'> & { replaces?: Replaces | null };

type FilledIn = {
  /** Left out: a new one. */
  id?: string;
  draft: EffectiveDraft;
  context: MessageContext | null;
  /** Names of session secrets that were not kept. */
  lost?: string[] | null;
  /** What was refused, by field. */
  faults?: Faults;
  replaces?: Replaces | null;
};

type Typed = {
  draft: SessionDraft;
  files: readonly { id: string }[];
  reset?: readonly FieldKey[];
  /** Left out: nothing but what was typed. */
  context?: MessageContext | null;
};

type OfferedMessage = Pick<FilledIn, 'context'> & { wish: Wish; faults?: Faults };

type Submission = {
  viewId: string;
  userId: string;
  draft: SessionDraft;
  choice: MessageContext['choice'] | null;
  fileIds: string[];
};
