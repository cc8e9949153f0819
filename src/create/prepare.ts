import { Refused } from '../queue/index.ts';
import { givenApprovals } from '../session/approval.ts';
import type { LeftOut, Material, SlackFile, SlackMessage } from '../session/context.ts';
import { buildPrompt, type QuotedThread } from '../session/prompt.ts';
import { tickedMessages } from '../slack/edge/context.ts';
import { askedAt, isSaid, type SessionRequest } from '../store/requests.ts';
import { approversOf, type ApprovalNeeded } from '../trust/index.ts';
import type { CreateContext, Next, Run, Step } from './context.ts';
import { FileChangedError, handOverFile, hashFile } from './hand-over.ts';
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
export const prepare: Step = async (c, request, run) => {
  const material = request.material ?? (await collect(c, request));
  return (await askApproval(c, { request, material }, run)) ?? upload(c, { request, material }, run);
};

type ToSend = { request: SessionRequest; material: Material };

/** What would be sent is fixed from here on, files by the hash of their bytes, and nothing has been uploaded yet. */
async function askApproval(c: CreateContext, toSend: ToSend, run: Run): Promise<Next | null> {
  const { request } = toSend;
  if ((await judge(c, { ...request, material: toSend.material })).kind === 'allowed') return null;
  // Files are read only if somebody has to approve them.
  const material = await withHashes(c, toSend, run);
  const needed = await judge(c, { ...request, material });
  return needed.kind === 'allowed' ? null : ask(c, { request, material }, needed);
}

async function ask(c: CreateContext, toSend: ToSend, needed: ApprovalNeeded): Promise<Next> {
  const { request, material } = toSend;
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
async function withHashes(
  c: CreateContext,
  { request, material }: ToSend,
  { signal }: Run,
): Promise<Material> {
  const files: Material['files'] = [];
  const leftOut: LeftOut[] = [...material.leftOut];
  for (const file of material.files) {
    const read = await hashFile(readerOf(c), file, { askedAt: askedAt(request), signal });
    if (read.kind === 'hashed') files.push({ ...file, sha256: read.sha256 });
    else leftOut.push(read.leftOut);
  }
  return { ...material, files, leftOut };
}

const readerOf = ({ slack: { files }, devin, tuning: { now } }: CreateContext) => ({
  files,
  upload: devin.attachments.upload,
  now,
});

async function upload(c: CreateContext, { request, material }: ToSend, { signal }: Run): Promise<Next> {
  const leftOut = [...material.leftOut];
  const urls: string[] = [];
  for (const file of material.files) {
    const asked = { askedAt: askedAt(request), signal };
    const uploaded = await handOverFile(readerOf(c), file, asked).catch((error: unknown) =>
      throwChanged(request, error),
    );
    if (uploaded.kind === 'uploaded') urls.push(uploaded.url);
    else leftOut.push(uploaded.leftOut);
  }
  // What was approved is sent as it was shown.
  const approved = givenApprovals(request).length > 0 ? request.prompt : null;
  const prompt = approved ?? (await writePrompt(c, request, material.quoted));
  return { to: 'ready', changes: { prompt, uploads: { urls, leftOut } } };
}

/** A file isn't what its approvers were asked about. */
function throwChanged(request: SessionRequest, error: unknown): never {
  const approval = givenApprovals(request).at(-1);
  if (!(error instanceof FileChangedError) || approval === undefined) throw error;
  throw new Refused(notApproved(approval, 'file-changed'));
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

async function collect(c: CreateContext, request: SessionRequest): Promise<Material> {
  const read = await readContext(c, request);
  return { quoted: read.quoted, ...(await filesOf(c, request, read)) };
}

type Read = { messages: SlackMessage[]; quoted: QuotedThread | null; leftOut: LeftOut[] };

async function readContext(
  { slack: { thread } }: CreateContext,
  { context, userId }: SessionRequest,
): Promise<Read> {
  if (context === null) return { messages: [], quoted: null, leftOut: [] };
  const chosen = await thread.read(context, userId);
  const messages = tickedMessages(context, chosen ?? [context.picked]);
  return {
    messages,
    quoted: await thread.quote(context, messages),
    leftOut: chosen === null ? [{ name: '', reason: 'thread-unreadable' }] : [],
  };
}

async function filesOf(
  { slack: { files } }: CreateContext,
  request: SessionRequest,
  { messages, leftOut }: Read,
): Promise<Pick<Material, 'files' | 'leftOut'>> {
  const chosen = await Promise.all(
    request.slackFileIds.map(async (id) => ({ id, file: await findFile(files, request, id) })),
  );
  const unseen = chosen.filter(({ file }) => file === null);
  const all = [
    ...chosen.flatMap(({ file }) => (file === null ? [] : [file])),
    ...messages.flatMap((message) => message.files),
  ];
  const unique = [...new Map(all.map((file) => [file.id, file])).values()];
  return {
    files: unique.slice(0, MAX_FILES),
    leftOut: [
      ...leftOut,
      ...unseen.map(({ id }) => ({ name: id, reason: 'unreadable' as const })),
      ...unique.slice(MAX_FILES).map(({ name }) => ({ name, reason: 'too-many' as const })),
    ],
  };
}

/** Slack says which files a message has; a form's submission could name any file. */
async function findFile(
  files: CreateContext['slack']['files'],
  { source, userId }: SessionRequest,
  id: string,
): Promise<SlackFile | null> {
  return source === 'form' ? files.findUpload(id, userId) : files.find(id);
}
