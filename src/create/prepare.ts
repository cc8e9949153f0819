import { Refused } from '../queue/index.ts';
import { givenApprovals } from '../session/approval.ts';
import type { Material } from '../session/context.ts';
import { buildPrompt, type QuotedThread } from '../session/prompt.ts';
import { tickedMessages } from '../slack/edge/context.ts';
import { askedAt, isSaid, type SessionRequest } from '../store/requests.ts';
import { approversOf, type ApprovalNeeded } from '../trust/index.ts';
import type { CreateContext, Next, Step } from './context.ts';
import { handOverFile, hashFile } from './hand-over.ts';
import { identify, judge } from './identify.ts';
import { notApproved } from './move.ts';
import { mayBeSent, sendAs } from './send.ts';

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
  return (await askApproval(c, collected, signal)) ?? upload(c, collected, signal);
};

type Collected = SessionRequest & { material: Material };

/** What would be sent is fixed from here on, files by the hash of their bytes, and nothing has been uploaded yet. */
async function askApproval(c: CreateContext, request: Collected, signal: AbortSignal): Promise<Next | null> {
  if ((await judge(c, request)).kind === 'allowed') return null;
  // Files are read only if somebody has to approve them.
  const hashed = { ...request, material: await withHashes(c, request, signal) };
  const needed = await judge(c, hashed);
  return needed.kind === 'allowed' ? null : ask(c, hashed, needed);
}

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
