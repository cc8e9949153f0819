import { base64Of } from './api.ts';
import type { App } from './app.ts';

/** Ids of the files that arrived. */
export async function uploadAll(app: App, files: readonly File[]): Promise<string[]> {
  const ids: string[] = [];
  for (const file of files) {
    const contentBase64 = await base64Of(file);
    const mimetype = file.type === '' ? 'application/octet-stream' : file.type;
    const answer = await app.act({ do: 'upload', name: file.name, mimetype, contentBase64 });
    if (answer.ok && answer.result.fileId !== null) ids.push(answer.result.fileId);
  }
  return ids;
}
