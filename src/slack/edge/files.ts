import type { WebClient } from '@slack/web-api';
import { atMost, cleanText, readAtMost } from '../../bounds.ts';
import type { SlackFile } from '../../session/context.ts';
import { within } from '../../time.ts';
import { unlessRefused } from './errors.ts';
import { readFile } from './messages.ts';

export type OpenedFile =
  | { kind: 'open'; body: ReadableStream<Uint8Array>; contentType: string }
  | { kind: 'left-out'; reason: 'too-large' | 'unreadable' };

/** Larger files are left out, and the card says so. */
const MAX_FILE_BYTES = 100 * 1024 * 1024;
const MAX_REDIRECTS = 3;

/** Slack's own hosts: the bot's token goes nowhere else. */
const SLACK_HOSTS = /(?:^|\.)(?:slack\.com|slack-files\.com|slack-gov\.com|slack-edge\.com)$/;

/** Whether an address is Slack's: the bot's token may go there. */
export type IsSlackAddress = (address: string) => boolean;

/** `apiUrl`: a Web API base instead of Slack's; its origin is trusted like Slack's own hosts. */
export function createIsSlackAddress(apiUrl: string | null): IsSlackAddress {
  const standIn = apiUrl === null ? null : new URL(apiUrl).origin;
  return (address) => {
    const url = URL.parse(address);
    if (url === null) return false;
    if (url.origin === standIn) return true;
    return url.protocol === 'https:' && SLACK_HOSTS.test(url.hostname);
  };
}

export type SlackFiles = ReturnType<typeof createSlackFiles>;

export function createSlackFiles(deps: {
  client: WebClient;
  isSlackAddress: IsSlackAddress;
  botToken: string;
  fetch: typeof fetch;
}) {
  return {
    /**
     * null: Slack doesn't have it, or the app may not see it. `uploadedBy`: also null if it isn't theirs, since an id in a
     * form doesn't prove that the person may see the file; null: it isn't from a form.
     */
    async find(fileId: string, uploadedBy: string | null): Promise<SlackFile | null> {
      const { file } = (await unlessRefused(deps.client.files.info({ file: fileId }))) ?? {};
      if (file?.id === undefined) return null;
      return uploadedBy === null || file.user === uploadedBy ? readFile(file) : null;
    },

    /** Opens the file's bytes. The caller reads `body` to its end or cancels it. */
    async open(file: SlackFile, signal: AbortSignal): Promise<OpenedFile> {
      if (file.size > MAX_FILE_BYTES) return { kind: 'left-out', reason: 'too-large' };
      if (file.url === null) return { kind: 'left-out', reason: 'unreadable' };
      const response = await follow(deps, file.url, signal);
      if (response === null || !response.ok || response.body === null || isSignInPage(response, file)) {
        await response?.body?.cancel();
        return { kind: 'left-out', reason: 'unreadable' };
      }
      return {
        kind: 'open',
        // The size that Slack names is not proof.
        body: response.body.pipeThrough(atMost(MAX_FILE_BYTES)),
        contentType: file.mimetype,
      };
    },
  };
}

/** The bot's token is sent only to Slack's addresses, redirect by redirect. */
async function follow(
  {
    isSlackAddress,
    botToken,
    fetch,
  }: { isSlackAddress: IsSlackAddress; botToken: string; fetch: typeof globalThis.fetch },
  address: string,
  signal: AbortSignal,
): Promise<Response | null> {
  let url = address;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    if (!isSlackAddress(url)) return null;
    const headers = { authorization: `Bearer ${botToken}` };
    const response = await fetch(url, { headers, redirect: 'manual', signal });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) return response;
    await response.body?.cancel();
    url = new URL(location, url).href;
  }
  return null;
}

/** Without a valid token Slack answers 200 with an HTML page. https://docs.slack.dev/reference/objects/file-object */
function isSignInPage({ headers }: Response, { mimetype, size }: SlackFile): boolean {
  const isHtml = headers.get('content-type')?.startsWith('text/html') === true;
  return isHtml && (mimetype !== 'text/html' || Number(headers.get('content-length')) !== size);
}

/** A task, a schema of 64 KB and a `.env` file all fit with room to spare. */
const MOST_BYTES = 256 * 1024;

/**
 * Reads a text file while a person waits for the form's answer. `userId`: who uploaded it. null: it isn't UTF-8, is too
 * large, or Slack didn't deliver it in time.
 */
export async function readUploadedText(
  files: Pick<SlackFiles, 'find' | 'open'>,
  { fileId, userId, withinMs }: { fileId: string; userId: string; withinMs: number },
): Promise<string | null> {
  const abort = new AbortController();
  const read = async (): Promise<string | null> => {
    const file = await files.find(fileId, userId);
    if (file === null) return null;
    const opened = await files.open(file, abort.signal);
    const bytes = opened.kind === 'open' ? await readAtMost(opened.body, MOST_BYTES) : null;
    return bytes === null ? null : cleanText(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  };
  const text = await within(withinMs, read(), null);
  abort.abort();
  return text;
}
