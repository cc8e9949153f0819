import type { SlackFile } from '../session/context.ts';
import { composeReply } from '../session/reply.ts';
import type { SlackFiles } from '../slack/files.ts';
import type { Reply } from '../store/replies.ts';
import type { LeftOut } from '../store/request-row.ts';
import type { DevinTrouble, UploadFile } from '../create/index.ts';
import { handOverFile } from '../create/index.ts';

type ComposeDeps = {
  files: Pick<SlackFiles, 'find' | 'open'>;
  upload: UploadFile;
  nameMentions: (text: string) => Promise<string>;
  nameOf: (userId: string) => Promise<string>;
  now: () => number;
};

export type Content = {
  kind: 'composed';
  /** `bySelf`: sent as the author; else Devin would not see whose words these are, so they say it. */
  words: (bySelf: boolean) => Promise<string>;
  urls: string[];
  leftOut: LeftOut[];
};

export type Composed =
  | Content
  /** There was nothing but files, and none can go. */
  | { kind: 'empty'; leftOut: LeftOut[] }
  | { kind: 'trouble'; trouble: DevinTrouble };

/** What is to be sent for a reply; its files are at Devin then. */
export function createComposeReply(deps: ComposeDeps) {
  return async (reply: Reply, signal: AbortSignal): Promise<Composed> => {
    const urls: string[] = [];
    const leftOut: LeftOut[] = [];
    for (const file of reply.files) {
      const asked = { askedAt: reply.createdAt, signal };
      const handedOver = await handOverFile(deps, await whole(deps, file), asked);
      if (handedOver.kind === 'uploaded') urls.push(handedOver.url);
      else if (handedOver.kind === 'left-out') leftOut.push(handedOver.leftOut);
      else return { kind: 'trouble', trouble: handedOver };
    }
    if (reply.text.trim() === '' && urls.length === 0) return { kind: 'empty', leftOut };
    const text = await deps.nameMentions(reply.text);
    const files = reply.files.map(({ name }) => name);
    const words = async (bySelf: boolean): Promise<string> =>
      composeReply({
        kind: reply.kind,
        text,
        files,
        author: bySelf ? null : await deps.nameOf(reply.userId),
      });
    return { kind: 'composed', words, urls, leftOut };
  };
}

/** In shared channels a message shows only a stub of its files. */
async function whole({ files }: ComposeDeps, file: SlackFile): Promise<SlackFile> {
  return file.url === null ? ((await files.find(file.id)) ?? file) : file;
}
