import type { ServerResponse } from 'node:http';
import type { LocalSlack } from '../slack/index.ts';
import type { ShownFile } from './client/wire.ts';
import { Refusal } from './http.ts';

/** The files of the local Slack, as people see them. */
export const shownFiles = (slack: LocalSlack): Record<string, ShownFile> =>
  Object.fromEntries(
    [...slack.files.values()].flatMap(({ id, name, mimetype, content, expects }) =>
      expects === null ? [[id, { id, name, mimetype, size: content.byteLength, url: `/files/${id}` }]] : [],
    ),
  );

/** Shown as they are; anything else is offered for download, so that no script in a file runs here. */
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

export function serveFile(slack: LocalSlack, response: ServerResponse, id: string): void {
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
}
