import type { ServerResponse } from 'node:http';
import type { LocalSlack } from '../slack/index.ts';
import type { ShownFile } from './client/wire.ts';
import { Refusal } from './http.ts';

export type Files = ReturnType<typeof createFiles>;

/** Shown as they are; anything else is offered for download, so that no script in a file runs here. */
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** The files of the local Slack, as people see them. */
export function createFiles(slack: LocalSlack) {
  const complete = () => [...slack.files.values()].filter(({ expects }) => expects === null);
  return {
    add: (file: { name: string; mimetype: string; content: Buffer; owner: string }): string =>
      slack.addFile(file),
    shown: (): Record<string, ShownFile> =>
      Object.fromEntries(
        complete().map(({ id, name, mimetype, content }) => [
          id,
          { id, name, mimetype, size: content.byteLength, url: `/files/${id}` },
        ]),
      ),
    serve(response: ServerResponse, id: string): void {
      const file = slack.files.get(id);
      if (file?.expects !== null) throw new Refusal(`There is no file ${id}.`, 404);
      const { name, mimetype, content } = file;
      const isPicture = PICTURES.has(mimetype);
      response.writeHead(200, {
        'content-type': isPicture ? mimetype : 'application/octet-stream',
        'x-content-type-options': 'nosniff',
        'content-disposition': `${isPicture ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(name)}`,
      });
      response.end(content);
    },
  };
}
