import type { HomeView, ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import ky, { type Options as KyOptions } from 'ky';
import type { Log } from '../../log.ts';
import { Later } from '../../queue/index.ts';
import type { RemoteClock } from '../../time.ts';
import { bounded, type Rendered } from '../views/objects.ts';
import { isRefused, laterFor, slackFailure, unlessRefused, type SlackFailure } from './errors.ts';
import type { IsSlackAddress } from './files.ts';
import { findPosted, type Mark, type Sought } from './metadata.ts';
import { permalink, type MessagePlace } from './places.ts';

export type ThreadPlace = { channelId: string; threadTs: string };

export type CardPlace = { channelId: string; threadTs: string | null };
/** Where a private notice may go, best way first: response URL, ephemeral message, direct message. */
export type PrivatePlace = {
  userId: string;
  channelId: string | null;
  threadTs: string | null;
  responseUrl?: string | null | undefined;
};

export type Outbound = ReturnType<typeof createOutbound>;

/**
 * A broken connection is retried, such as an idle one that Slack just closed: a private notice that comes twice does
 * less harm than none. An answer from Slack is final.
 */
const RESPONSE = {
  timeout: 10_000,
  retry: { limit: 3, methods: ['post'], statusCodes: [], delay: (attempt: number) => attempt * 50 },
} satisfies KyOptions;

const UPLOAD = {
  timeout: 120_000,
  retry: 0,
  headers: { 'content-type': 'application/octet-stream' },
} satisfies KyOptions;

const QUIET = { unfurl_links: false, unfurl_media: false };

/** The only writer to Slack. */
export function createOutbound({
  answers,
  background,
  isSlackAddress,
  clock,
  workspaceUrl,
  fetch,
  log,
}: {
  /** For what a person waits for. */
  answers: WebClient;
  /** For all that can wait while Slack is down or busy, such as cards. Its queue delays nobody's modal. */
  background: WebClient;
  isSlackAddress: IsSlackAddress;
  clock: RemoteClock;
  workspaceUrl: () => string | null;
  fetch: typeof globalThis.fetch;
  log: Log;
}) {
  /** null: the person can't get direct messages. Throws if Slack can't be asked. */
  async function directChannel(userId: string): Promise<string | null> {
    const opened = await unlessRefused(answers.conversations.open({ users: userId }));
    return opened?.channel?.id ?? null;
  }

  /** False: Slack doesn't take it, for example 30 minutes after the button was pressed. */
  async function send(address: string, options: KyOptions): Promise<boolean> {
    if (!isSlackAddress(address)) return false;
    const response = await ky.post(address, { ...options, throwHttpErrors: false, fetch });
    await response.body?.cancel();
    return response.ok;
  }

  async function respond(responseUrl: string | null | undefined, json: object): Promise<boolean> {
    return responseUrl == null ? false : send(responseUrl, { ...RESPONSE, json });
  }

  async function ephemeral(
    { channelId, threadTs, userId }: PrivatePlace,
    notice: Rendered,
  ): Promise<boolean> {
    if (channelId === null) return false;
    const thread = threadTs === null ? {} : { thread_ts: threadTs };
    await answers.chat.postEphemeral({ channel: channelId, user: userId, ...thread, ...bounded(notice) });
    return true;
  }

  async function direct(userId: string, notice: Rendered): Promise<boolean> {
    const channel = await directChannel(userId);
    if (channel === null) return false;
    await answers.chat.postMessage({ channel, ...bounded(notice), ...QUIET });
    return true;
  }

  /** Once: an unclear answer is settled by `find`, never by posting again. */
  async function post(
    place: CardPlace,
    { blockId, metadata }: Mark,
    message: Rendered,
  ): Promise<{ kind: 'posted'; ts: string } | SlackFailure> {
    try {
      const posted = await background.chat.postMessage({
        channel: place.channelId,
        ...(place.threadTs !== null && { thread_ts: place.threadTs }),
        metadata,
        ...withBlockId(message, blockId),
        ...QUIET,
      });
      return posted.ts === undefined ? { kind: 'unclear' } : { kind: 'posted', ts: posted.ts };
    } catch (error) {
      return slackFailure(error);
    }
  }

  /** Tells one person, where they asked if possible, otherwise by direct message. Throws if Slack can't be asked. */
  async function tellPrivately(place: PrivatePlace, notice: Rendered): Promise<void> {
    const ways = [
      // In a thread, Slack would show it beside the thread.
      async () => place.threadTs === null && respond(place.responseUrl, ephemeralNotice(notice, false)),
      () => ephemeral(place, notice),
      () => direct(place.userId, notice),
    ];
    let unasked: { cause: unknown } | null = null;
    for (const way of ways) {
      try {
        if (await way()) return;
      } catch (error) {
        log.debug({ err: error }, 'a way to tell a person privately failed; trying the next');
        if (!isRefused(error)) unasked = { cause: error };
      }
    }
    if (unasked !== null) throw new Error('Slack took no private notice for now', unasked);
  }

  return {
    /** Slack refuses one that already exists. */
    react: async (channelId: string, ts: string, name: string) =>
      orLater(unlessRefused(background.reactions.add({ channel: channelId, timestamp: ts, name }))),

    /** As far as Slack does it now. */
    unreact: async (channelId: string, ts: string, name: string) =>
      background.reactions.remove({ channel: channelId, timestamp: ts, name }).catch(slackFailure),

    /**
     * Uploads a file to Slack, where nobody sees it until it is shared. Returns its id.
     * https://docs.slack.dev/reference/methods/files.getUploadURLExternal
     */
    async upload({ name, content }: { name: string; content: Uint8Array<ArrayBuffer> }): Promise<string> {
      const { upload_url: address, file_id: fileId } = await background.files.getUploadURLExternal({
        filename: name,
        length: content.byteLength,
      });
      // Files go to another host of Slack's, which may be blocked.
      if (
        address === undefined ||
        fileId === undefined ||
        !(await send(address, { ...UPLOAD, body: content }))
      )
        throw new Later('slack');
      return fileId;
    },

    /** An unclear answer stays so: sharing again might show it twice. */
    share: async (place: ThreadPlace, fileId: string, title: string) =>
      background.files.completeUploadExternal({
        files: [{ id: fileId, title }],
        channel_id: place.channelId,
        thread_ts: place.threadTs,
      }),

    directChannel,

    /** Its id. */
    openView: async (triggerId: string, view: ModalView) =>
      (await answers.views.open({ trigger_id: triggerId, view })).view?.id ?? null,

    /** Over the view that the trigger came from. */
    pushView: async (triggerId: string, view: ModalView) =>
      (await answers.views.push({ trigger_id: triggerId, view })).view?.id ?? null,

    /** As far as Slack does it now. */
    updateView: async (viewId: string, view: ModalView) =>
      answers.views.update({ view_id: viewId, view }).catch(slackFailure),

    /** A person's whole App Home. Publishing it twice does no harm. */
    publishHome: async (userId: string, view: HomeView) =>
      orLater(unlessRefused(background.views.publish({ user_id: userId, view }))),

    /** The time by Slack's clock; null before its first answer. */
    slackTs(): string | null {
      const nowMs = clock.nowMs();
      return nowMs === null ? null : (nowMs / 1000).toFixed(6);
    },

    post,

    find: async (place: CardPlace, sought: Sought) => findPosted(background, place, sought),

    /** A message that was posted with this mark. */
    edit: async (
      { channelId, ts }: { channelId: string; ts: string },
      { blockId }: Mark,
      message: Rendered,
    ) => background.chat.update({ channel: channelId, ts, ...withBlockId(message, blockId) }),

    /** The address of a message; null: there is none, or Slack didn't say where the workspace is. */
    permalink(message: MessagePlace | null): string | null {
      const url = workspaceUrl();
      return url === null || message === null ? null : permalink(url, message);
    },

    /** Replaces the private notice whose button was pressed (null: removes it), or removes it and posts another one. */
    async settleNotice({ responseUrl, ...place }: PrivatePlace, notice: Rendered | null): Promise<void> {
      const next = place.threadTs === null ? notice : null;
      const json = next === null ? { delete_original: true } : ephemeralNotice(next, true);
      const isSettled = await respond(responseUrl, json).catch(() => false);
      if (notice !== null && !(isSettled && next !== null)) await tellPrivately(place, notice);
    },

    tellPrivately,
  };
}

function ephemeralNotice(notice: Rendered, replaces: boolean) {
  return { response_type: 'ephemeral', replace_original: replaces, ...bounded(notice) };
}

async function orLater<T>(call: Promise<T>): Promise<T> {
  return call.catch((error: unknown) => {
    throw laterFor(slackFailure(error));
  });
}

function withBlockId(message: Rendered, block_id: string): Rendered {
  const {
    text,
    blocks: [first, ...rest],
  } = bounded(message);
  return {
    text,
    blocks: first === undefined ? [] : [{ block_id, ...first }, ...rest],
  };
}
