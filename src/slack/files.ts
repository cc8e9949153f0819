import type { WebClient } from '@slack/web-api';
import type { SlackFile } from '../session/context.ts';
import { slackFailure } from './errors.ts';
import type { SlackHosts } from './hosts.ts';
import { readFile } from './messages.ts';

export type Download =
  | { kind: 'open'; body: ReadableStream<Uint8Array>; contentType: string }
  | { kind: 'left-out'; reason: 'too-large' | 'sign-in-page' | 'unreadable' };

/** Larger files are left out, and the card says so. */
const MAX_FILE_BYTES = 100 * 1024 * 1024;
const MAX_REDIRECTS = 3;

export type SlackFiles = ReturnType<typeof createSlackFiles>;

export function createSlackFiles(deps: {
  client: WebClient;
  hosts: SlackHosts;
  botToken: string;
  fetch: typeof fetch;
}) {
  return {
    /** null: Slack does not have it, or the app may not see it. */
    async find(fileId: string): Promise<SlackFile | null> {
      try {
        const { file } = await deps.client.files.info({ file: fileId });
        return file?.id === undefined ? null : readFile({ ...file, id: file.id });
      } catch (error) {
        if (slackFailure(error).kind !== 'refused') throw error;
        return null;
      }
    },

    /** Opens the file's bytes. The caller reads `body` to its end or cancels it. */
    async open(file: SlackFile, signal: AbortSignal): Promise<Download> {
      if (file.size > MAX_FILE_BYTES) return { kind: 'left-out', reason: 'too-large' };
      if (file.url === null) return { kind: 'left-out', reason: 'unreadable' };
      const response = await follow(deps, file.url, signal);
      if (response === null || !response.ok || response.body === null) {
        await response?.body?.cancel();
        return { kind: 'left-out', reason: 'unreadable' };
      }
      if (isSignInPage(response, file)) {
        await response.body.cancel();
        return { kind: 'left-out', reason: 'sign-in-page' };
      }
      return {
        kind: 'open',
        body: response.body.pipeThrough(atMost(MAX_FILE_BYTES)),
        contentType: file.mimetype,
      };
    },
  };
}

/** The bot's token is sent only to Slack's addresses, redirect by redirect. */
async function follow(
  { hosts, botToken, fetch }: { hosts: SlackHosts; botToken: string; fetch: typeof globalThis.fetch },
  address: string,
  signal: AbortSignal,
): Promise<Response | null> {
  let url = address;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    if (!hosts.trusts(url)) return null;
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
function isSignInPage(response: Response, file: SlackFile): boolean {
  const isHtml = response.headers.get('content-type')?.startsWith('text/html') === true;
  if (!isHtml) return false;
  return file.mimetype !== 'text/html' || Number(response.headers.get('content-length')) !== file.size;
}

export class FileTooLargeError extends Error {
  readonly code = 'file-too-large';
}

/** Slack's word on a file's size is not proof. */
function atMost(limit: number): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > limit) controller.error(new FileTooLargeError('The file is larger than Slack said.'));
      else controller.enqueue(chunk);
    },
  });
}
