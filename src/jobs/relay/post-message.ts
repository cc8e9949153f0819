import { z } from 'zod';
import type { Log } from '../../log.ts';
import { REPLY_WAYS } from '../../session/reply.ts';
import { renderInDevin, renderReplyBy, renderSaid, renderWebMessage } from '../../slack/blocks/said.ts';
import { code } from '../../slack/blocks/text.ts';
import { slackFailure } from '../../slack/errors.ts';
import type { SlackFailure } from '../../slack/errors.ts';
import { messageMark } from '../../slack/ids.ts';
import type { Outbound, Posted, Rendered } from '../../slack/outbound.ts';
import type { FileToShare, ThreadPlace } from '../../slack/thread-writer.ts';
import type { MessageRow, SessionMessages } from '../../store/session-messages.ts';
import type { SessionRow } from '../../store/sessions.ts';
import type { Text } from '../../text/index.ts';
import { backOffMs } from '../back-off.ts';
import { readFileRow } from './file-row.ts';
import type { SessionFile } from './file-row.ts';
import { refusalOf } from './place-trouble.ts';
import { shareFile } from './share-file.ts';

/** The text of its row is how many messages were left out. */
export const LEFT_OUT = 'left-out';
/** The text of its row is who said what, and how. */
export const REPLY_BY = 'reply-by';
const replyBySchema = z.object({ userId: z.string(), via: z.enum(REPLY_WAYS), text: z.string() });
export type ReplyBy = z.infer<typeof replyBySchema>;

/** null: Devin does not give it, or it is too large. Throws when asking again later may help. */
export type ReadFile = (file: SessionFile, signal: AbortSignal) => Promise<FileToShare | null>;

type PostDeps = {
  outbound: Pick<Outbound, 'post' | 'find' | 'upload' | 'share' | 'findFile'>;
  messages: Pick<SessionMessages, 'attempt' | 'uploaded' | 'settle'>;
  readFile: ReadFile;
  nameMentions: (text: string) => Promise<string>;
  text: Text;
  now: () => number;
  log: Log;
};

/** So long a file is asked for again, and a message posted again that Slack refuses for no reason that is known here. */
const PATIENCE_MS = 10 * 60_000;

export type PostOutcome =
  | { kind: 'posted'; ts: string | null }
  /** Slack refused it, and may take it later. */
  | { kind: 'put-off'; afterMs: number }
  /** `refused`: the thread takes nothing at present. */
  | SlackFailure;

type Thread = Pick<SessionRow, 'channel_id' | 'thread_ts' | 'url'>;
type Content = {
  posts: Rendered[];
  file: ((signal: AbortSignal) => Promise<FileToShare | null>) | null;
  name: string;
};

/**
 * Posts one message in the session's thread, in as many parts as it takes, each once: a part carries its mark, and
 * after an attempt whose end is not known the thread is looked through first.
 */
export function createPostMessage(deps: PostDeps) {
  const { outbound, messages, text, now, log } = deps;

  async function postPart(
    place: ThreadPlace,
    row: MessageRow,
    part: number,
    rendered: Rendered,
  ): Promise<Posted> {
    const mark = messageMark(row.session_id, row.event_id, part);
    if (row.attempted_at !== null) {
      const found = await look(place, mark, row.attempted_at);
      if (found !== null) return found;
    }
    return outbound.post(place, mark, rendered);
  }

  async function look(
    place: ThreadPlace,
    mark: ReturnType<typeof messageMark>,
    since: Date,
  ): Promise<Posted | null> {
    try {
      const ts = await outbound.find(place, mark, since.getTime());
      return ts === null ? null : { kind: 'posted', ts };
    } catch (error) {
      return slackFailure(error);
    }
  }

  async function postAll(
    place: ThreadPlace,
    { session, row, signal }: { session: Thread; row: MessageRow; signal: AbortSignal },
  ): Promise<{ kind: 'posted'; ts: string | null } | SlackFailure> {
    const { posts, file, name } = await contentOf(deps, session, row);
    let first: string | null = null;
    for (const [part, rendered] of posts.entries()) {
      const posted = await postPart(place, row, part, rendered);
      if (posted.kind !== 'posted') return posted;
      first ??= posted.ts;
    }
    if (file === null) return { kind: 'posted', ts: first };
    const shared = await shareFile(deps, { place, row, read: async () => file(signal) });
    if (shared.kind === 'shared') return { kind: 'posted', ts: first };
    if (shared.kind !== 'not-here') return shared;
    const instead = renderInDevin(text.thread.fileInDevin(code(name)), session.url, text);
    return postPart(place, row, posts.length, instead);
  }

  return async (session: Thread, row: MessageRow, signal: AbortSignal): Promise<PostOutcome> => {
    const place = { channelId: session.channel_id, threadTs: session.thread_ts };
    const triedForMs = row.attempted_at === null ? 0 : now() - row.attempted_at.getTime();
    if (row.attempted_at === null) await messages.attempt(row, new Date(now()));
    let outcome = await postAll(place, { session, row, signal });
    if (outcome.kind === 'refused' && refusalOf(outcome.code) !== 'place') {
      if (refusalOf(outcome.code) === 'other' && triedForMs < PATIENCE_MS)
        return { kind: 'put-off', afterMs: backOffMs(triedForMs) };
      // What was said after it does not wait for ever.
      log.error(
        { code: outcome.code, eventId: row.event_id },
        'Slack does not take a message of Devin as it was made',
      );
      outcome = await outbound.post(
        place,
        messageMark(row.session_id, row.event_id, 0),
        renderInDevin(text.thread.notShown, session.url, text),
      );
    }
    if (outcome.kind === 'posted') await messages.settle(row, outcome.ts);
    return outcome;
  };
}

/** Devin may give a file later, but what was said after it does not wait for that for ever. */
function giveUp(
  { now, log }: PostDeps,
  { attempted_at: attemptedAt, event_id: eventId }: MessageRow,
  { error, signal }: { error: unknown; signal: AbortSignal },
): null {
  if (signal.aborted || attemptedAt === null || now() - attemptedAt.getTime() < PATIENCE_MS) throw error;
  log.warn({ err: error, eventId }, 'a file that Devin made could not be read');
  return null;
}

async function contentOf(deps: PostDeps, { url }: Thread, row: MessageRow): Promise<Content> {
  const { text, readFile, nameMentions } = deps;
  if (row.source === LEFT_OUT) {
    const posts = [renderInDevin(text.thread.leftOutMeanwhile(Number(row.text)), url, text)];
    return { posts, file: null, name: '' };
  }
  if (row.source === REPLY_BY) {
    const { text: said, ...by } = replyBySchema.parse(JSON.parse(row.text));
    const posts = renderReplyBy({ ...by, words: await nameMentions(said) }, text);
    return { posts, file: null, name: '' };
  }
  const made = readFileRow(row);
  if (made !== null) {
    const file = async (signal: AbortSignal) =>
      readFile(made, signal).catch((error: unknown) => giveUp(deps, row, { error, signal }));
    return { posts: [], file, name: made.name };
  }
  if (row.source !== 'devin') return { posts: renderWebMessage(row.text, text), file: null, name: '' };
  const { posts, file } = renderSaid(row.text, text);
  const name = `devin-${row.said_at.toISOString().slice(0, 19).replaceAll(':', '')}.md`;
  if (file === null) return { posts, file, name };
  const content = new TextEncoder().encode(file);
  return { posts, file: async () => Promise.resolve({ name, content }), name };
}
