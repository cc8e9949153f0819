import { Later, Unclear } from '../failures.ts';
import { givenApprovals } from '../session/approval.ts';
import type { LeftOut, Material, SlackFile, SlackMessage } from '../session/context.ts';
import { isTooLong, writeTranscript, type QuotedThread } from '../session/prompt.ts';
import {
  chosenMessages,
  tickedMessages,
  type ThreadMessages,
  type ThreadReader,
} from '../slack/edge/context.ts';
import type { SlackFiles } from '../slack/edge/files.ts';
import { askedAt, type SessionRequest } from '../store/request-row.ts';
import type { AskApproval } from './approval.ts';
import { FileChangedError, handOverFile, handOverText, type UploadFile } from './hand-over.ts';
import type { WritePrompt } from './identify.ts';
import type { CreateStep, Flow, Run, StepOutcome } from './run.ts';

/** Files beyond this are left out, and the card says so. */
const MAX_FILES = 20;

type AttachDeps = {
  thread: ThreadReader;
  writePrompt: WritePrompt;
  files: SlackFiles;
  upload: UploadFile;
  askApproval: AskApproval;
  flow: Flow;
  now: () => number;
};

/** The file with a conversation that is too long for the prompt. */
const TRANSCRIPT = 'slack-thread.txt';

/**
 * identified -> attached: the prompt with its Slack context is fixed, and the files are at Devin. Or awaiting-approval,
 * after which it continues with what was fixed then.
 */
export function createAttachStep(deps: AttachDeps): CreateStep {
  return async (run) => {
    const { request } = run;
    const material = request.material ?? (await collect(deps, request));
    const prompt = async (): Promise<string> => promptOf(deps, request, material);
    const asked = await deps.askApproval(run, { material, prompt });
    return asked ?? attach(deps, run, material).catch(async (error) => endIfChanged(deps, run, error));
  };
}

/** A file isn't what its approvers were asked about. */
async function endIfChanged({ flow }: AttachDeps, run: Run, error: unknown): Promise<StepOutcome> {
  const approval = givenApprovals(run.request).at(-1);
  if (error instanceof Later || error instanceof Unclear) return flow.afterLookup(run, error);
  if (!(error instanceof FileChangedError) || approval === undefined) throw error;
  return flow.endApproval(run, { approval, end: 'file-changed' });
}

async function attach(deps: AttachDeps, run: Run, material: Material): Promise<StepOutcome> {
  const { request, signal } = run;
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
    else leftOut.push(uploaded.leftOut);
  }
  // What was approved is sent as it was shown.
  const approved = givenApprovals(request).length > 0 ? request.prompt : null;
  const prompt = approved ?? (await promptOf(deps, request, { ...material, leftOut }));
  const changes = { prompt, uploads: { urls, leftOut } };
  return deps.flow.advance(run, {
    to: 'attached',
    changes,
    effects: leftOut.length > 0 ? { card: 'now' } : {},
  });
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

async function collect(deps: AttachDeps, request: SessionRequest): Promise<Material> {
  const read = await readContext(deps, request);
  return { quoted: read.quoted, ...(await filesOf(deps, request, read)) };
}

type Read = { messages: SlackMessage[]; quoted: QuotedThread | null; leftOut: LeftOut[] };

async function readContext({ thread }: AttachDeps, { context, userId }: SessionRequest): Promise<Read> {
  if (context === null) return { messages: [], quoted: null, leftOut: [] };
  const { choice, picked } = context;
  const read = choice === 'message' ? null : await thread.read(context, userId);
  const chosen = read?.kind === 'read' ? chosenMessages(context, read.messages) : [picked];
  const { messages, unticked } = tickedMessages(context, chosen);
  const unread = read?.kind === 'read' && choice !== 'message' ? read.unread[choice] : 0;
  return {
    messages,
    quoted: await thread.quote(context, { messages, unread, unticked }),
    leftOut: read === null ? [] : leftOutOf(read, unread),
  };
}

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
  files: SlackFiles,
  { source, userId }: SessionRequest,
  id: string,
): Promise<SlackFile | null> {
  return source === 'form' ? files.findUpload(id, userId) : files.find(id);
}
