import type { LeftOut, Material, SlackFile, SlackMessage } from '../session/context.ts';
import { buildPrompt, isTooLong, writeTranscript, type QuotedThread } from '../session/prompt.ts';
import { chosenMessages, tickedMessages, type ThreadMessages, type ThreadReader } from '../slack/context.ts';
import type { Download, SlackFiles } from '../slack/files.ts';
import { askedAt, type SessionRequest } from '../store/request-row.ts';
import type { Gate } from '../trust/index.ts';
import { TooLargeError } from '../upstream.ts';
import type { AskApproval } from './identify.ts';
import {
  devinTrouble,
  nextOrLeave,
  waitFor,
  type CreateStep,
  type DevinTrouble,
  type EndRequest,
  type Run,
  type StepOutcome,
} from './run.ts';
import type { Transitions } from './transitions.ts';

/** Files beyond this are left out, and the card says so. */
const MAX_FILES = 20;

type AttachDeps = {
  thread: ThreadReader;
  writePrompt: WritePrompt;
  files: SlackFiles;
  upload: UploadFile;
  askApproval: AskApproval;
  transitions: Transitions;
  end: EndRequest;
  now: () => number;
};

/** The file with a conversation that is too long for the prompt. */
const TRANSCRIPT = 'slack-thread.txt';

type Quoted = { thread: QuotedThread | null; transcript: string | null };
export type WritePrompt = (request: SessionRequest, quoted: Quoted) => Promise<string>;

type PromptDeps = {
  /** What the policy adds to every task there. */
  instructionsAt: Gate['instructionsAt'];
  nameMentions: (text: string) => Promise<string>;
};

export function createWritePrompt({ instructionsAt, nameMentions }: PromptDeps): WritePrompt {
  return async (request, { thread, transcript }) =>
    buildPrompt({
      task: await nameMentions(request.draft.values.prompt ?? ''),
      instructions: await instructionsAt(request),
      thread,
      transcript,
      requestId: request.id,
    });
}

/**
 * identified -> attached: the prompt with its Slack context is fixed, and the files are at Devin. Or awaiting-approval,
 * after which it continues with what was fixed then.
 */
export function createAttachStep(deps: AttachDeps): CreateStep {
  return async (run) => {
    const { request } = run;
    const material = request.material ?? (await collect(deps, request));
    const prompt = async (): Promise<string> => promptOf(deps, request, material);
    return (await deps.askApproval(run, { material, prompt })) ?? attach(deps, run, material);
  };
}

async function attach(deps: AttachDeps, run: Run, material: Material): Promise<StepOutcome> {
  const { request, lease, signal } = run;
  const { quoted, files } = material;
  const leftOut = [...material.leftOut];
  const urls: string[] = [];
  const transcript = transcriptOf(material);
  const handOvers = [
    ...(quoted === null || transcript === null
      ? []
      : [async () => handOverText(deps.upload, { name: transcript, text: writeTranscript(quoted), signal })]),
    ...files.map((file) => async () => handOverFile(deps, file, { askedAt: askedAt(request), signal })),
  ];
  for (const handOver of handOvers) {
    const uploaded = await handOver();
    if (uploaded.kind === 'uploaded') urls.push(uploaded.url);
    else if (uploaded.kind === 'left-out') leftOut.push(uploaded.leftOut);
    else if (uploaded.kind === 'wait') return waitFor(run, uploaded, deps);
    else return waitFor(run, { waiting: 'down', retryAfterMs: null }, deps);
  }
  const prompt = await promptOf(deps, request, { ...material, leftOut });
  const changes = { prompt, uploads: { urls, leftOut }, waiting: null };
  const card = leftOut.length > 0;
  return nextOrLeave(
    await deps.transitions.move(
      { id: request.id, from: 'identified', to: 'attached', changes },
      { card },
      { lease },
    ),
  );
}

/** The name of the file with the conversation; null: the prompt includes it. */
function transcriptOf({ quoted }: Pick<Material, 'quoted'>): string | null {
  return isTooLong(quoted) ? TRANSCRIPT : null;
}

async function promptOf(
  { writePrompt }: AttachDeps,
  request: SessionRequest,
  material: Material,
): Promise<string> {
  const isLeftOut = material.leftOut.some(({ name }) => name === TRANSCRIPT);
  const transcript = isLeftOut ? null : transcriptOf(material);
  return writePrompt(request, { thread: material.quoted, transcript });
}

/** What is sent of the conversation. */
async function collect(deps: AttachDeps, request: SessionRequest): Promise<Material> {
  const read = await readContext(deps, request);
  const { files, leftOut } = await filesOf(deps, request, read);
  return { quoted: read.quoted, files, leftOut };
}

type Read = { messages: SlackMessage[]; quoted: QuotedThread | null; leftOut: LeftOut[] };

async function readContext({ thread }: AttachDeps, { context, userId }: SessionRequest): Promise<Read> {
  if (context === null) return { messages: [], quoted: null, leftOut: [] };
  const read = context.choice === 'message' ? ALONE : await thread.read(context, userId);
  const chosen = read.kind === 'read' ? chosenMessages(context, read.messages) : [context.picked];
  const { messages, unticked } = tickedMessages(context, chosen);
  const unread = read.kind === 'read' && context.choice !== 'message' ? read.unread[context.choice] : 0;
  return {
    messages,
    quoted: await thread.quote(context, { messages, unread, unticked }),
    leftOut: leftOutOf(read, unread),
  };
}

/** For the picked message alone, nothing else is read. */
const ALONE: ThreadMessages = {
  kind: 'read',
  messages: [],
  unread: { 'until-here': 0, thread: 0 },
};

function leftOutOf(read: ThreadMessages, unread: number): LeftOut[] {
  switch (read.kind) {
    case 'read':
      return unread === 0 ? [] : [{ name: String(unread), reason: 'thread-too-long' }];
    case 'unreadable':
      return [{ name: read.code, reason: 'thread-unreadable' }];
    case 'not-theirs':
      return [{ name: '', reason: 'thread-not-theirs' }];
  }
}

async function filesOf(
  { files }: AttachDeps,
  request: SessionRequest,
  { messages, leftOut }: Read,
): Promise<{ files: SlackFile[]; leftOut: LeftOut[] }> {
  const chosen = await Promise.all(
    request.slackFileIds.map(async (id) => ({ id, file: await files.find(id) })),
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

export type UploadFile = (file: {
  name: string;
  contentType: string;
  content: ReadableStream<Uint8Array>;
  signal: AbortSignal;
}) => Promise<{ url: string }>;

type HandedOver = { kind: 'uploaded'; url: string } | { kind: 'left-out'; leftOut: LeftOut } | DevinTrouble;

type HandOverDeps = { files: Pick<SlackFiles, 'open'>; upload: UploadFile; now: () => number };

/** How long after the request to retry a file that Slack can't deliver. */
const FILE_RETRY_WINDOW_MS = 10 * 60_000;

/** Streams a file from Slack to Devin. Throws if asking Slack again later may help. */
export async function handOverFile(
  { files, upload, now }: HandOverDeps,
  file: SlackFile,
  { askedAt, signal }: { askedAt: Date; signal: AbortSignal },
): Promise<HandedOver> {
  const { name } = file;
  const download = await files.open(file, signal).catch((error: unknown): Download => {
    if (signal.aborted || now() - askedAt.getTime() < FILE_RETRY_WINDOW_MS) throw error;
    return { kind: 'left-out', reason: 'unreadable' };
  });
  if (download.kind === 'left-out') return { kind: 'left-out', leftOut: { name, reason: download.reason } };
  const { contentType, body } = download;
  return uploaded(upload, { name, contentType, content: body, signal });
}

/** Uploads a text to Devin as a file. */
async function handOverText(
  upload: UploadFile,
  { name, text, signal }: { name: string; text: string; signal: AbortSignal },
): Promise<HandedOver> {
  const content = new Blob([text]).stream();
  return uploaded(upload, { name, contentType: 'text/plain', content, signal });
}

async function uploaded(upload: UploadFile, file: Parameters<UploadFile>[0]): Promise<HandedOver> {
  const { name, signal } = file;
  try {
    return { kind: 'uploaded', url: (await upload(file)).url };
  } catch (error) {
    // It isn't Devin's fault: the app is stopping, or the job took too long; it will be retried.
    signal.throwIfAborted();
    if (causes(error).some((cause) => cause instanceof TooLargeError)) {
      return { kind: 'left-out', leftOut: { name, reason: 'too-large' } };
    }
    return afterUploadError(name, devinTrouble(error));
  }
}

/** A file that Devin refuses is left out; the session still starts, and the card says what is missing. */
function afterUploadError(name: string, trouble: DevinTrouble): HandedOver {
  if (trouble.kind !== 'final' || trouble.failure.kind !== 'devin') return trouble;
  const { code, status } = trouble.failure;
  if (status === 413) return { kind: 'left-out', leftOut: { name, reason: 'too-large' } };
  return { kind: 'left-out', leftOut: { name, reason: code === 'forbidden' ? 'no-permission' : 'refused' } };
}

function causes(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...causes(error.cause)] : [];
}
