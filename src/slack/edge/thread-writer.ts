import type { WebClient } from '@slack/web-api';
import { slackFailure, type SlackFailure } from './errors.ts';
import type { IsSlackAddress } from './files.ts';
import { pagesOf } from './posted-messages.ts';

export type ThreadPlace = { channelId: string; threadTs: string };
export type FileToShare = { name: string; content: Uint8Array<ArrayBuffer> };
type Uploaded = { kind: 'uploaded'; fileId: string } | SlackFailure;

type WriterDeps = { background: WebClient; isSlackAddress: IsSlackAddress; fetch: typeof fetch };

const UPLOAD_TIMEOUT_MS = 120_000;

/** Part of the one writer to Slack: reactions and files. */
export function createThreadWriter({ background, isSlackAddress, fetch }: WriterDeps) {
  async function send(address: string, content: FileToShare['content']): Promise<boolean> {
    if (!isSlackAddress(address)) return false;
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
    react: async (channelId: string, ts: string, name: string) =>
      outcomeOf('reacted', background.reactions.add({ channel: channelId, timestamp: ts, name })),

    /** Slack refuses one that doesn't exist. */
    unreact: async (channelId: string, ts: string, name: string) =>
      outcomeOf('removed', background.reactions.remove({ channel: channelId, timestamp: ts, name })),

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
    share: async (place: ThreadPlace, fileId: string, title: string) =>
      outcomeOf(
        'shared',
        background.files.completeUploadExternal({
          files: [{ id: fileId, title }],
          channel_id: place.channelId,
          thread_ts: place.threadTs,
        }),
      ),

    /** Whether a file is in the thread. Throws if Slack can't be asked. */
    async findFile(place: ThreadPlace, fileId: string): Promise<boolean> {
      for await (const messages of pagesOf(background, place, { maxPages: Infinity }))
        if (messages.some(({ files }) => files.some(({ id }) => id === fileId))) return true;
      return false;
    },
  };
}

/** What came of a call whose answer says nothing more. */
export async function outcomeOf<Kind extends string>(
  kind: Kind,
  call: Promise<unknown>,
): Promise<{ kind: Kind } | SlackFailure> {
  return call.then(() => ({ kind }), slackFailure);
}
