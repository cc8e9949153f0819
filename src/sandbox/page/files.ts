import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import type { LocalSlack } from '../slack/index.ts';
import type { ShownFile } from './client/wire.ts';
import { Refusal } from './http.ts';

type Kept = ShownFile & { content: Buffer };

export type Files = ReturnType<typeof createFiles>;

const infoSchema = z.object({
  file: z.object({ id: z.string(), name: z.string(), mimetype: z.string(), url_private: z.string() }),
});

/** Shown as they are; anything else is offered for download, so that no script in a file runs here. */
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** The files that messages show. Each is asked of the local Slack once, when it is first seen. */
export function createFiles(slack: LocalSlack) {
  const kept = new Map<string, Kept>();
  const asked = new Map<string, Promise<void>>();
  const { botToken } = slack.workspace;
  const headers = { authorization: `Bearer ${botToken}` };

  function keep({ id, name, mimetype, content }: Omit<Kept, 'size' | 'url'>): void {
    kept.set(id, { id, name, mimetype, content, size: content.byteLength, url: `/files/${id}` });
  }

  async function fetchFile(id: string): Promise<void> {
    const answer = await fetch(`${slack.apiUrl}files.info?file=${id}`, { headers });
    const parsed = infoSchema.safeParse(await answer.json());
    // A message may name a file that is gone, or that the app may not read: it is shown as a file without content.
    if (!parsed.success) return;
    const { file } = parsed.data;
    const content = await fetch(file.url_private, { headers });
    keep({ ...file, content: Buffer.from(await content.arrayBuffer()) });
  }

  return {
    async learn(ids: readonly string[]): Promise<void> {
      for (const id of ids) {
        if (!kept.has(id) && !asked.has(id))
          asked.set(
            id,
            fetchFile(id).catch(() => undefined),
          );
      }
      await Promise.all(ids.map(async (id) => asked.get(id)));
    },
    add(file: { name: string; mimetype: string; content: Buffer; owner: string }): string {
      const id = slack.addFile(file);
      keep({ ...file, id });
      return id;
    },
    shown(): Record<string, ShownFile> {
      return Object.fromEntries([...kept].map(([id, { content: _content, ...shown }]) => [id, shown]));
    },
    serve(response: ServerResponse, id: string): void {
      const file = kept.get(id);
      if (file === undefined) throw new Refusal(`There is no file ${id}.`, 404);
      const isPicture = PICTURES.has(file.mimetype);
      response.writeHead(200, {
        'content-type': isPicture ? file.mimetype : 'application/octet-stream',
        'x-content-type-options': 'nosniff',
        'content-disposition': `${isPicture ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(file.name)}`,
      });
      response.end(file.content);
    },
  };
}
