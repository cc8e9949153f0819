import { failureWord, lookupFailure, refusedAs } from '../failures.ts';
import { Later, Refused, Unclear } from '../queue/index.ts';
import { givenApprovals } from '../session/approval.ts';
import type { Material } from '../session/context.ts';
import { type EffectiveDraft, listedIn } from '../session/defaults.ts';
import { storedDraftSchema } from '../session/fields.ts';
import { devinUserOf } from '../session/identity.ts';
import { buildPrompt, type QuotedThread } from '../session/prompt.ts';
import { buildRequest, requestTag, type SessionCreateRequest } from '../session/request.ts';
import { tickedMessages } from '../slack/edge/context.ts';
import { EMPTY_ENVELOPE } from '../store/envelope.ts';
import { askedAt, isSaid, type RequestChanges, type SessionRequest } from '../store/requests.ts';
import { approversOf, type ApprovalNeeded } from '../trust/index.ts';
import type { CreateContext, InTransaction, Next, Step } from './context.ts';
import { CLOCKS_MS, findOne, mayAnswer } from './find-session.ts';
import { handOverFile, hashFile } from './hand-over.ts';
import { after, created, ended, notApproved } from './move.ts';

/** Why a card isn't where it was requested; beside Slack's own codes. */
export const PERSON_NOT_IN_CONVERSATION = 'person_not_in_conversation';

/**
 * accepted -> held if a message asked for it, or ready, or refused. A task without context or files is sent at once: nothing
 * has to be saved before that.
 */
export const begin: Step = async (c, request) => {
  const { changes, approved } = await identify(c, request);
  const { undoMs, now } = c.tuning;
  // Whoever restarted it has seen it already.
  if (approved !== null && undoMs > 0 && isSaid(request) && request.resumedAt === null)
    return { to: 'held', changes: { ...changes, heldUntil: new Date(now() + undoMs) }, afterMs: undoMs };
  const isBare = request.context === null && request.slackFileIds.length === 0;
  if (approved === null || !isBare || mayBeSent(c, request)) return { to: 'ready', changes };
  const prompt = await writePrompt(c, { ...request, ...changes });
  const uploads = { urls: [], leftOut: [] };
  return sendAs(c, request, { changes: { ...changes, prompt, uploads }, approved });
};

/** held -> ready, once nobody canceled it in time. */
export const untilUndoIsOver: Step = async ({ tuning }, { heldUntil }) => {
  const afterMs = (heldUntil?.getTime() ?? 0) - tuning.now();
  return Promise.resolve(afterMs > 0 ? { to: 'held', afterMs } : { to: 'ready' });
};

/** Files beyond this are left out, and the card says so. */
const MAX_FILES = 20;

/**
 * ready -> awaiting-approval, if the policy wants an approval that the request doesn't have; or ready to be sent: the prompt
 * with its Slack context is fixed, and the files are at Devin.
 */
export const prepare: Step = async (c, request, { signal }) => {
  const collected = { ...request, material: request.material ?? (await collect(c, request)) };
  if ((await judge(c, collected)).kind === 'allowed') return upload(c, collected, signal);
  // Files are read only if somebody has to approve them.
  const hashed = { ...request, material: await withHashes(c, collected, signal) };
  const needed = await judge(c, hashed);
  return needed.kind === 'allowed' ? upload(c, hashed, signal) : ask(c, hashed, needed);
};

type Collected = SessionRequest & { material: Material };

/** What would be sent is fixed from here on, files by the hash of their bytes, and nothing has been uploaded yet. */
async function ask(c: CreateContext, request: Collected, needed: ApprovalNeeded): Promise<Next> {
  const { material } = request;
  const { hurdle, terms, draft, fingerprint, policy } = needed;
  const { need, expiresMs: expiresInMs } = terms;
  const people = await approversOf({ ...c.slack, resolve: c.resolve }, terms, request);
  if (people.length < need) throw new Refused({ kind: 'policy', hurdles: [hurdle], lacksApprovers: true });
  const { kind, rule, say } = hurdle;
  const about = {
    ...(kind === 'budget' && { budget: hurdle.ceiling }),
    ...(kind === 'cap' && { most: hurdle.most }),
  };
  const approval = { rule, say, need, people, fingerprint, policy, ...about, yes: [], end: null };
  const prompt = await writePrompt(c, request, material.quoted);
  const changes = { draft, material, prompt, approvals: [...request.approvals, approval] };
  return { to: 'awaiting-approval', changes, expiresInMs };
}

/** A file that can't be read now isn't sent later, either. */
async function withHashes(c: CreateContext, request: Collected, signal: AbortSignal): Promise<Material> {
  const { material } = request;
  const files: Material['files'] = [];
  const leftOut = [...material.leftOut];
  const asked = { askedAt: askedAt(request), signal };
  for (const file of material.files) {
    const read = await hashFile({ files: c.slack.files, now: c.tuning.now }, file, asked);
    if (read.leftOut === null) files.push({ ...file, sha256: read.sha256 });
    else leftOut.push({ name: file.name, reason: read.leftOut });
  }
  return { ...material, files, leftOut };
}

async function upload(c: CreateContext, request: Collected, signal: AbortSignal): Promise<Next> {
  const { material } = request;
  const urls: string[] = [];
  const leftOut = [...material.leftOut];
  const approval = givenApprovals(request).at(-1);
  const handing = { files: c.slack.files, upload: c.devin.attachments.upload, now: c.tuning.now };
  const asked = { askedAt: askedAt(request), signal };
  for (const file of material.files) {
    const sent = await handOverFile(handing, file, asked);
    if (sent.leftOut !== null) leftOut.push({ name: file.name, reason: sent.leftOut });
    // It isn't what its approvers were asked about, and no session gets it.
    else if (approval !== undefined && sent.sha256 !== file.sha256)
      throw new Refused(notApproved(approval, 'file-changed'));
    else urls.push(sent.url);
  }
  // What was approved is sent as it was shown.
  const approved = approval === undefined ? null : request.prompt;
  const prompt = approved ?? (await writePrompt(c, request, material.quoted));
  return { to: 'ready', changes: { prompt, uploads: { urls, leftOut } } };
}

async function writePrompt(
  { slack, gate }: CreateContext,
  request: SessionRequest,
  thread: QuotedThread | null = null,
): Promise<string> {
  return buildPrompt({
    task: await slack.nameMentions(request.draft.values.prompt ?? ''),
    // What the policy adds to every task there.
    instructions: (await gate.rulesAt(request)).instructions,
    thread,
    requestId: request.id,
  });
}

async function collect({ slack }: CreateContext, request: SessionRequest): Promise<Material> {
  const { context, userId, source, slackFileIds } = request;
  const read = context && (await slack.thread.read(context, userId));
  const messages = context === null ? [] : tickedMessages(context, read ?? [context.picked]);
  // Slack says which files a message has; a form's submission could name any file.
  const uploadedBy = source === 'form' ? userId : null;
  const found = slackFileIds.map(async (id) => ({ id, file: await slack.files.find(id, uploadedBy) }));
  const named = await Promise.all(found);
  const all = [...named.flatMap(({ file }) => file ?? []), ...messages.flatMap(({ files }) => files)];
  const unique = [...new Map(all.map((file) => [file.id, file])).values()];
  const unread = named.flatMap(({ id, file }) => (file === null ? [id] : []));
  return {
    quoted: context && (await slack.thread.quote(context, messages)),
    files: unique.slice(0, MAX_FILES),
    leftOut: [
      ...(context !== null && read === null ? [{ name: '', reason: 'thread-unreadable' as const }] : []),
      ...unread.map((name) => ({ name, reason: 'unreadable' as const })),
      ...unique.slice(MAX_FILES).map(({ name }) => ({ name, reason: 'too-many' as const })),
    ],
  };
}

/** To `sending`, unless its session exists already. By now its person or the policy may have changed. */
export const send: Step = async (c, request) => {
  // As it was sent before. null: there is none, or the app may not list sessions, so that nobody can say.
  const earlier = mayBeSent(c, request) ? await findOne(c, request).catch(nullIfRefused) : null;
  if (earlier !== null) return created({ snapshot: earlier });
  const { changes, approved } = await identify(c, request);
  if (approved === null) return { to: 'ready', changes: { ...changes, uploads: null } };
  return sendAs(c, request, { changes, approved });
};

/** A person started it anyway; or the database may have lost that it was sent: it was restored, or its server failed over. */
function mayBeSent(c: CreateContext, request: SessionRequest): boolean {
  return request.sentAt !== null || askedAt(request) < c.knownSince();
}

/** `sending` is on disk before the POST is sent, and it's sent once. */
async function sendAs(
  c: CreateContext,
  request: SessionRequest,
  { changes, approved }: { changes: RequestChanges; approved: readonly string[] },
): Promise<InTransaction> {
  const toSend = { ...request, ...changes };
  const body = composeRequest(c, toSend);
  const sentAt = await sentTime(c);
  return async (trx) => {
    // Its person's limits were checked when it was saved, and whatever was saved since has counted it.
    const wasCounted = request.state === 'accepted' && request.resumedAt === null;
    const reached = wasCounted ? null : await c.limiter.beforeSending(request, trx);
    if (reached !== null) return ended(request, { kind: 'limit', ...reached }, c.tuning.now());
    const cap = toSend.draft.values.max_acu_limit;
    const fit = await c.budget.fit({ ...request, cap, approved }, trx);
    // Others reserved meanwhile: it's judged again by what is left.
    if (fit === null) return { to: request.state };
    // If the answer is lost, the search starts from this time.
    const step = post(body, request);
    return { to: 'sending', changes: { ...changes, sentAt }, reserve: { at: fit.at }, step };
  };
}

function nullIfRefused(error: unknown): null {
  const word = lookupFailure(error);
  if (word instanceof Later) throw word;
  return null;
}

/**
 * The earlier of Devin's time and ours: a session that was created before it isn't found, and may be started twice. If it's
 * too early, all it adds is sessions with the same words and owner that the app doesn't know. While Devin doesn't answer,
 * nothing is sent: whether a session was created, nobody could say.
 */
async function sentTime({ devin, tuning }: CreateContext): Promise<Date> {
  const theirs = await devin.time().catch(nullIfRefused);
  const nowMs = tuning.now();
  return new Date(Math.min(nowMs, theirs?.getTime() ?? nowMs - CLOCKS_MS));
}

/** sending -> created; or back to `ready` if Devin did nothing, or was never reached. */
function post(body: SessionCreateRequest, before: SessionRequest): Step {
  return async (c, request, { lease }) => {
    // If the commit took too long, another process may already search for its session.
    const answer = lease.isFresh()
      ? await c.devin.sessions.create(body).catch(failureWord)
      : new Later('down');
    // The session is searched for next. Devin's reason is kept for the person who decides if it isn't found.
    if (answer instanceof Unclear)
      return { to: 'sending', changes: { waiting: 'looking', failure: answer.failure } };
    if (answer instanceof Later || answer instanceof Refused) return notSent(c, { before, request }, answer);
    if (await mayAnswer(c, answer, request)) return created({ snapshot: answer });
    const found = { requestId: request.id, sessionId: answer.sessionId };
    c.tuning.log.warn(found, "a create wasn't answered with its session; the session is searched for");
    return { to: 'sending', changes: { waiting: 'looking' } };
  };
}

/** Devin did nothing: what is known of an earlier attempt holds again. */
async function notSent(
  c: CreateContext,
  { before: { sentAt, identity }, request }: { before: SessionRequest; request: SessionRequest },
  word: Later | Refused,
): Promise<Next> {
  // Their account may be gone, or a new one: it's looked up again.
  if (word instanceof Refused) await c.store.identities.forget(request);
  const next = after(c, { ...request, state: 'ready' }, word);
  const changes = { ...next.changes, sentAt, ...(sentAt !== null && { identity }) };
  return { ...next, changes, released: true };
}

/**
 * sending -> created or unknown: the answer to a POST was lost, and repeating it could pay for a second session. So Devin's
 * list is searched; if the session isn't found, the request is unknown and a person decides.
 */
export const settle: Step = async (c, request, { signal }) => {
  const snapshot = await c.searchUntilFound(async () => findOne(c, request), signal);
  return snapshot === null ? { to: 'unknown', outcome: true } : created({ snapshot });
};

/** Throws a `Refused` if the session secrets can no longer be read, or were erased. */
function composeRequest(
  { store: { envelopes }, tagRequests }: CreateContext,
  { id, sealed, secretNames, identity, draft, prompt, uploads }: SessionRequest,
): SessionCreateRequest {
  // Without secrets, a key that was lost is no reason not to start: only private notices go another way.
  const { sessionSecrets } = envelopes.open(id, sealed) ?? EMPTY_ENVELOPE;
  if (sessionSecrets.length < secretNames.length) throw new Refused({ kind: 'secrets-lost' });
  return buildRequest({
    draft: draft.values,
    prompt: prompt ?? draft.values.prompt ?? '',
    tag: tagRequests ? requestTag(id) : null,
    createAsUserId: devinUserOf(identity),
    uploadedUrls: uploads?.urls ?? [],
    sessionSecrets,
  });
}

/** Slack delivers a command only from a conversation its author is in; that counts for a minute. */
const SLACKS_WORD_MS = 60_000;

/** `approved`: the limits that it may exceed; null: it needs an approval first. */
type Identified = { changes: RequestChanges; approved: readonly string[] | null };

/** Who the session runs as, and whether the policy allows it now. */
async function identify(c: CreateContext, request: SessionRequest): Promise<Identified> {
  const [identity, elsewhere] = await Promise.all([c.resolve(request), placeOf(c, request)]);
  if (identity.kind === 'refused') throw new Refused(refusedAs(identity));
  const named = request.state === 'accepted' ? await withIds(c, request.draft) : request.draft;
  const verdict = await judge(c, { ...request, draft: named, identity });
  const draft = c.withNames(await withTitle(c, verdict.draft));
  const changes = { identity, draft, ...elsewhere };
  return verdict.kind === 'allowed'
    ? { changes: { ...changes, rule: verdict.rule }, approved: verdict.approved }
    : { changes, approved: null };
}

/** Throws a `Refused` if the policy forbids it, or if what was approved is something else by now. */
async function judge({ gate }: Pick<CreateContext, 'gate'>, request: SessionRequest) {
  const verdict = await gate.judge(request);
  if (verdict.kind === 'refused') throw new Refused(verdict.failure);
  if (verdict.kind === 'changed') throw new Refused(notApproved(verdict.approval, verdict.end));
  return verdict;
}

/** Nothing is posted in a conversation for a person who isn't in it. */
async function placeOf(c: CreateContext, request: SessionRequest): Promise<RequestChanges> {
  const { source, state, channelId, userId, createdAt } = request;
  if (state !== 'accepted' || request.cardElsewhere !== null) return {};
  if (source === 'command' && c.tuning.now() - createdAt.getTime() < SLACKS_WORD_MS) return {};
  const presence = await c.slack.presence({ channelId, userId });
  return presence === 'out' ? { cardElsewhere: PERSON_NOT_IN_CONVERSATION } : {};
}

/** Devin knows nobody by an id of Slack. */
async function withTitle({ slack }: CreateContext, draft: EffectiveDraft): Promise<EffectiveDraft> {
  const { title } = draft.values;
  if (title === undefined) return draft;
  return { ...draft, values: { ...draft.values, title: await slack.nameMentions(title) } };
}

/** With ids for names. Throws a `Refused` for the first that Devin doesn't list. Repositories have no ids. */
async function withIds({ devin }: CreateContext, draft: EffectiveDraft): Promise<EffectiveDraft> {
  const found: Record<string, unknown> = {};
  for (const { key, lookup, set, kind } of listedIn(draft.values)) {
    if (lookup === 'repositories') continue;
    const ids: string[] = [];
    for (const value of set) {
      const id = await devin.catalog.idOf(lookup, value);
      if (id === null) throw new Refused({ kind: 'not-listed', field: key, value });
      ids.push(id);
    }
    found[key] = kind === 'list' ? ids : ids[0];
  }
  return { ...draft, values: storedDraftSchema.parse({ ...draft.values, ...found }) };
}
