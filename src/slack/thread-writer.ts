import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { slackFailure } from './errors.ts';
import type { SlackFailure } from './errors.ts';
import type { SlackHosts } from './slack.ts';

export type ThreadPlace = { channelId: string; threadTs: string };
export type FileToShare = { name: string; content: Uint8Array<ArrayBuffer> };
type Uploaded = { kind: 'uploaded'; fileId: string } | SlackFailure;

type WriterDeps = { background: WebClient; hosts: SlackHosts; fetch: typeof fetch };

const UPLOAD_TIMEOUT_MS = 120_000;
const PAGE = 200;

const filesSchema = z.object({
  messages: z
    .array(z.looseObject({ ts: z.string(), files: z.array(z.looseObject({ id: z.string() })).default([]) }))
    .default([]),
  response_metadata: z.looseObject({ next_cursor: z.string().optional() }).optional(),
});

/** Part of the one writer to Slack: reactions and files. */
export function createThreadWriter({ background, hosts, fetch }: WriterDeps) {
  async function send(address: string, content: FileToShare['content']): Promise<boolean> {
    if (!hosts.trusts(address)) return false;
    const response = await fetch(address, {
      method: 'POST',
      body: content,
      headers: { 'content-type': 'application/octet-stream' },
      signal: AbortSignal.timeout(UPLOAD_TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.ok;
  }

  return {
    /** Slack refuses one that already exists. */
    async react(channelId: string, ts: string, name: string): Promise<{ kind: 'reacted' } | SlackFailure> {
      try {
        await background.reactions.add({ channel: channelId, timestamp: ts, name });
        return { kind: 'reacted' };
      } catch (error) {
        return slackFailure(error);
      }
    },

    /** Slack refuses one that doesn't exist. */
    async unreact(channelId: string, ts: string, name: string): Promise<{ kind: 'removed' } | SlackFailure> {
      try {
        await background.reactions.remove({ channel: channelId, timestamp: ts, name });
        return { kind: 'removed' };
      } catch (error) {
        return slackFailure(error);
      }
    },

    /**
     * Uploads a file to Slack, where nobody sees it until it is shared.
     * https://docs.slack.dev/reference/methods/files.getUploadURLExternal
     */
    async upload({ name, content }: FileToShare): Promise<Uploaded> {
      try {
        const ticket = await background.files.getUploadURLExternal({
          filename: name,
          length: content.byteLength,
        });
        const { upload_url: address, file_id: fileId } = ticket;
        if (address === undefined || fileId === undefined) return { kind: 'unclear' };
        const sent = await send(address, content).catch(() => false);
        return sent ? { kind: 'uploaded', fileId } : { kind: 'unclear' };
      } catch (error) {
        return slackFailure(error);
      }
    },

    /** Once: an unclear answer is settled by `findFile`, never by sharing again. */
    async share(
      place: ThreadPlace,
      fileId: string,
      title: string,
    ): Promise<{ kind: 'shared' } | SlackFailure> {
      try {
        await background.files.completeUploadExternal({
          files: [{ id: fileId, title }],
          channel_id: place.channelId,
          thread_ts: place.threadTs,
        });
        return { kind: 'shared' };
      } catch (error) {
        return slackFailure(error);
      }
    },

    /** Whether a file is in the thread. Throws if Slack can't be asked. */
    async findFile(place: ThreadPlace, fileId: string): Promise<boolean> {
      let cursor: string | undefined;
      do {
        const answer = await background.conversations.replies({
          channel: place.channelId,
          ts: place.threadTs,
          limit: PAGE,
          ...(cursor && { cursor }),
        });
        const { messages, response_metadata: next } = filesSchema.parse(answer);
        if (messages.some(({ files }) => files.some(({ id }) => id === fileId))) return true;
        cursor = next?.next_cursor;
      } while (cursor);
      return false;
    },
  };
}
