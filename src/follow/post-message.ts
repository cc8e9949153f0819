import { z } from 'zod';
import type { Log } from '../log.ts';
import { retryWindow, type Lease, type PostOnce } from '../queue/index.ts';
import { withoutCredentials } from '../session/credentials.ts';
import { STANDING } from '../session/lifecycle.ts';
import { REPLY_BY, REPLY_WAYS, shownEvent } from '../session/reply.ts';
import {
  renderInDevin,
  renderRaw,
  renderReplyBy,
  renderDevinMessage,
  renderWebMessage,
} from '../slack/blocks/devin-message.ts';
import type { Rendered } from '../slack/blocks/objects.ts';
import { code } from '../slack/blocks/text.ts';
import { readThreadMeaning } from '../slack/command/meaning.ts';
import { refusalKind, type SlackFailure } from '../slack/errors.ts';
import { messageMetadata } from '../slack/metadata.ts';
import type { Posted } from '../slack/outbound.ts';
import { plainName } from '../slack/people.ts';
import { isDirectMessage } from '../slack/places.ts';
import type { FileToShare, ThreadPlace } from '../slack/thread-writer.ts';
import type { Reply } from '../store/replies.ts';
import type { Followed } from '../store/requests.ts';
import type { MessageRow, NewMessage } from '../store/session-messages.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { StoreParts } from '../store/store.ts';
import type { TurnClass } from '../store/turns.ts';
import type { Text } from '../text/index.ts';
import type { Frame, FrameOf } from './notified.ts';
import {
  readAttachment,
  readFileRow,
  shareFile,
  type OpenFile,
  type PutOff,
  type ShareDeps,
} from './share-file.ts';

/** Its row's text is how many messages were left out. */
export const LEFT_OUT = 'left-out';
/** Says that Devin has a message that can't be read. */
export const TOO_LARGE = 'too-large';
/** A `REPLY_BY` row's text: who wrote what, and how. */
const replyBySchema = z.object({ userId: z.string(), via: z.enum(REPLY_WAYS), text: z.string() });
type ReplyBy = z.infer<typeof replyBySchema>;

/**
 * A reply from a dialog or a command, as its thread shows it to the others: without the credentials that only Devin should
 * get. null: they see it anyway, or shouldn't. In direct messages with the app, the requester is alone.
 */
export function mirrorReply(
  { reply, session, request }: Followed & { reply: Reply },
  saidAt: Date,
): NewMessage | null {
  const { id, userId, via, text } = reply;
  const { channelId, synced, threadTrouble } = session;
  if (via === null || !synced || threadTrouble !== null) return null;
  const isAlone = isDirectMessage(channelId) && userId === request.userId;
  if (isAlone || readThreadMeaning(text, '').kind === 'aside') return null;
  return {
    eventId: shownEvent(id),
    source: REPLY_BY,
    text: JSON.stringify({ userId, via, text: withoutCredentials(text) } satisfies ReplyBy),
    state: 'pending',
    saidAt,
  };
}

type PostDeps = ShareDeps & {
  postOnce: PostOnce;
  /** `calls.part`: a message wasn't posted as it was composed, and the call that was part of it waits again. */
  store: StoreParts<{ messages: 'attempt' | 'uploaded' | 'settle'; calls: 'part' }>;
  frameOf: FrameOf;
  download: OpenFile;
  nameMentions: (text: string) => Promise<string>;
  text: Text;
  now: () => number;
  log: Log;
};

export type PostOutcome =
  | { kind: 'posted'; ts: string | null }
  /** Slack refused it, and may take it later. */
  | PutOff
  /** `refused`: the thread accepts nothing for now. */
  | SlackFailure;

type Content = {
  posts: Rendered[];
  file: ((signal: AbortSignal) => Promise<FileToShare | PutOff | null>) | null;
  name: string;
};

type Posting = { place: ThreadPlace; row: MessageRow; lease: Lease; turnClass: TurnClass };
export type PostContext = { signal: AbortSignal; lease: Lease };

/** Nothing is posted anywhere until an app admin replaces the token and starts the app again, which doesn't wait for this. */
const WITHOUT_TOKEN_MS = 10 * 60_000;

/** The number of what is posted instead of what Slack refuses. */
const INSTEAD = -1;

/** Posts a message in the session's thread, in as many parts as it needs, once each. */
export function createPostMessage(deps: PostDeps) {
  const { messages, calls } = deps.store;
  const { postOnce, text, now, log } = deps;

  async function postPart(posting: Posting, part: number, rendered: Rendered): Promise<Posted> {
    const { place, row, lease, turnClass } = posting;
    const key = `message:${row.sessionId}:${row.eventId}:${part}`;
    const metadata = messageMetadata(row.sessionId, row.eventId, part);
    // In a backup, an attempt can be without its result.
    const since = row.attemptedAt === null ? {} : { since: row.saidAt };
    return postOnce({ key, place, metadata, ...since, turnClass, render: async () => rendered, lease });
  }

  async function postAll(
    job: Posting,
    session: SessionRow,
    { frame, signal }: { frame: Frame; signal: AbortSignal },
  ): Promise<PostOutcome> {
    const { posts, file, name } = await contentOf(deps, session, job.row);
    let first: string | null = null;
    for (const [part, rendered] of posts.entries()) {
      const posted = await postPart(job, part, part === 0 ? frame(rendered) : rendered);
      if (posted.kind !== 'posted') return posted;
      first ??= posted.ts;
    }
    if (file === null) return { kind: 'posted', ts: first };
    const shared = await shareFile(deps, {
      ...job,
      read: async () => file(signal),
      putOff: () => putOff(deps, job.row),
    });
    if (shared.kind === 'shared') return { kind: 'posted', ts: first };
    if (shared.kind !== 'not-here') return shared;
    const instead = renderInDevin(text.thread.fileInDevin(code(name)), session.url, text);
    return postPart(job, posts.length, instead);
  }

  return async (
    session: SessionRow,
    row: MessageRow,
    { signal, lease }: PostContext,
  ): Promise<PostOutcome> => {
    const place = { channelId: session.channelId, threadTs: session.threadTs };
    const job: Posting = { place, row, lease, turnClass: turnClassOf(session) };
    const tried = { triedForMs: triedForMs(row, now()) };
    // Decided before the attempt is on disk, so that a retry decides the same.
    const frame = await deps.frameOf(session, row);
    if (row.attemptedAt === null) await messages.attempt(row, new Date(now()));
    let outcome = await postAll(job, session, { frame, signal });
    if (outcome.kind === 'refused') await calls.part(row.sessionId, row.eventId);
    const refusal = outcome.kind === 'refused' ? refusalKind(outcome.code) : null;
    if (refusal === 'token') return { kind: 'put-off', afterMs: WITHOUT_TOKEN_MS };
    if (outcome.kind === 'refused' && refusal !== 'place') {
      const retry = retryWindow('message', tried);
      if (refusal === 'other' && retry.kind === 'wait') return { kind: 'put-off', afterMs: retry.afterMs };
      // The next messages can't wait forever.
      log.error(
        { code: outcome.code, eventId: row.eventId },
        "Slack refused Devin's message as it was composed",
      );
      outcome = await postPart(job, INSTEAD, renderInDevin(text.thread.notShown, session.url, text));
    }
    if (outcome.kind === 'posted') await messages.settle(row, outcome.ts);
    return outcome;
  };
}

/** Devin waiting for a person goes first: when many sessions end, all of them have much to say. */
export function turnClassOf({ phase }: Pick<SessionRow, 'phase'>): TurnClass {
  return STANDING[phase] === 'needs-you' ? 'needed' : 'rest';
}

/** Since its first attempt. */
export function triedForMs({ attemptedAt }: MessageRow, nowMs: number): number {
  return attemptedAt === null ? 0 : nowMs - attemptedAt.getTime();
}

/** Devin may give a file later, or Slack take it, but the next files can't wait forever. null: they waited long enough. */
function putOff({ now }: Pick<PostDeps, 'now'>, row: MessageRow): PutOff | null {
  const retry = retryWindow('message', { triedForMs: triedForMs(row, now()) });
  return retry.kind === 'wait' ? { kind: 'put-off', afterMs: retry.afterMs } : null;
}

/** A message that can't be rendered is shown as it is. */
async function contentOf(deps: PostDeps, session: SessionRow, row: MessageRow): Promise<Content> {
  try {
    return await rendered(deps, session, row);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError))
      throw error;
    deps.log.error({ err: error, eventId: row.eventId }, 'a message could not be rendered');
    return { posts: [renderRaw(row.text)], file: null, name: '' };
  }
}

async function rendered(deps: PostDeps, { url }: SessionRow, row: MessageRow): Promise<Content> {
  const { text, download, nameMentions } = deps;
  if (row.source === LEFT_OUT) {
    const posts = [renderInDevin(text.thread.leftOutMeanwhile(Number(row.text)), url, text)];
    return { posts, file: null, name: '' };
  }
  if (row.source === TOO_LARGE)
    return { posts: [renderInDevin(text.thread.tooLarge, url, text)], file: null, name: '' };
  if (row.source === REPLY_BY) {
    const { userId, via, text: said } = replyBySchema.parse(JSON.parse(row.text));
    const by = { name: await plainName(userId, nameMentions), via };
    const posts = renderReplyBy({ ...by, words: await nameMentions(said) }, text);
    return { posts, file: null, name: '' };
  }
  const made = readFileRow(row);
  if (made !== null) {
    const file = async (signal: AbortSignal) =>
      readAttachment(download, made, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        deps.log.warn({ err: error, eventId: row.eventId }, 'a file that Devin made could not be read');
        return putOff(deps, row);
      });
    return { posts: [], file, name: made.name };
  }
  if (row.source !== 'devin') return { posts: renderWebMessage(row.text, text), file: null, name: '' };
  const { posts, file } = renderDevinMessage(row.text, text);
  const name = `devin-${row.saidAt.toISOString().slice(0, 19).replaceAll(':', '')}.md`;
  if (file === null) return { posts, file, name };
  const content = new TextEncoder().encode(file);
  return { posts, file: async () => ({ name, content }), name };
}
