import { randomUUID } from 'node:crypto';
import type { CreateBody } from './schemas.ts';

export type LocalMessage = {
  eventId: string;
  source: 'devin' | 'user';
  message: string;
  createdAtMs: number;
  /** The member a person's message was sent as; null in the web app or as the service user. */
  asUserId: string | null;
};

type LocalAttachment = {
  id: string;
  name: string;
  url: string;
  source: 'devin' | 'user';
  contentType: string | null;
};

export type SessionState = {
  /** Without the `devin-` prefix. */
  id: string;
  /** 1 for the first session of this server. */
  number: number;
  url: string;
  /** The body that created it, the values of its secrets left out. */
  request: CreateBody;
  createdAtMs: number;
  updatedAtMs: number;
  status: string;
  statusDetail: string | null;
  title: string | null;
  tags: string[];
  userId: string | null;
  acusConsumed: number;
  pullRequests: { url: string; state: string | null }[];
  isArchived: boolean;
  messages: LocalMessage[];
  attachments: LocalAttachment[];
  structuredOutput: Record<string, unknown> | null;
};
export type LocalSession = Readonly<SessionState>;

/** Everything that can happen to a session from Devin's side; what is left out stays. */
export type SessionChange = {
  /** Open: an unlisted one is passed on. Without `statusDetail`, the detail is reset. */
  status?: string;
  statusDetail?: string | null;
  /** Devin writes. */
  message?: string;
  /** A person writes in the web app. */
  personMessage?: string;
  /** With no `url`: the session's latest one, or its first. */
  pullRequest?: { url?: string; state: string | null };
  acus?: number;
  title?: string;
  attachments?: readonly { name: string; content: string | Uint8Array; contentType?: string }[];
  structuredOutput?: Record<string, unknown> | null;
  /** It began then, not when it was requested. */
  createdAtMs?: number;
};

const TITLE_LENGTH = 60;

export const isOver = ({ status }: LocalSession): boolean => status === 'exit' || status === 'error';

export function appendMessage(
  session: SessionState,
  message: Pick<LocalMessage, 'source' | 'message' | 'createdAtMs'> & { asUserId?: string | null },
): void {
  session.messages.push({ asUserId: null, ...message, eventId: `event-${randomUUID()}` });
}

/** The first line of the task, cut after a word. */
export function titleOf(prompt: string): string {
  const line = prompt.trim().split('\n')[0] ?? '';
  if (line.length <= TITLE_LENGTH) return line;
  const cut = line.slice(0, TITLE_LENGTH);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), TITLE_LENGTH / 2))}…`;
}

/** The one named in an option or in the task. */
export function repositoryOf({ repos, prompt }: CreateBody): string {
  return repos?.[0] ?? /\bacme\/[\w-]+/.exec(prompt)?.[0] ?? 'acme/web';
}

function setStatus(session: SessionState, { status, statusDetail }: SessionChange): void {
  if (status !== undefined) {
    session.status = status;
    session.statusDetail = status === 'running' ? 'working' : null;
    // The title is generated from the prompt where none was given.
    if (status === 'running') session.title ??= titleOf(session.request.prompt);
  }
  if (statusDetail !== undefined) session.statusDetail = statusDetail;
}

function setPullRequest(session: SessionState, { url, state }: { url?: string; state: string | null }): void {
  const known =
    url === undefined ? session.pullRequests.at(-1) : session.pullRequests.find((pr) => pr.url === url);
  if (known !== undefined) {
    known.state = state;
    return;
  }
  const made = `https://github.com/${repositoryOf(session.request)}/pull/${session.number}`;
  session.pullRequests.push({ url: url ?? made, state });
}

/** Applies a change in place; attachments are the caller's, who stores their content. */
export function applyChange(session: SessionState, change: SessionChange, atMs: number): void {
  setStatus(session, change);
  if (change.title !== undefined) session.title = change.title;
  if (change.acus !== undefined) session.acusConsumed = change.acus;
  if (change.pullRequest !== undefined) setPullRequest(session, change.pullRequest);
  if (change.structuredOutput !== undefined) session.structuredOutput = change.structuredOutput;
  if (change.createdAtMs !== undefined) session.createdAtMs = change.createdAtMs;
  if (change.personMessage !== undefined) {
    appendMessage(session, { source: 'user', message: change.personMessage, createdAtMs: atMs });
  }
  if (change.message !== undefined) {
    appendMessage(session, { source: 'devin', message: change.message, createdAtMs: atMs });
  }
  session.updatedAtMs = atMs;
}

/** A person's message: a session that waits goes back to work, one that sleeps resumes. */
export function wake(session: SessionState): void {
  if (session.status === 'suspended') setStatus(session, { status: 'resuming' });
  if (session.status === 'running') setStatus(session, { status: 'running', statusDetail: 'working' });
}
