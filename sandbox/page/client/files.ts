import type { App } from './app.ts';
import { type Labels, type Spot, entryOf, hold, listOf, spotKey } from './entries.ts';
import { h, tag, type VNode } from './h.ts';

/** The browser's own field: choosing again replaces what was chosen. */
export function fileField(app: App, spot: Spot, labels: Labels & { most: number }): VNode {
  const names = listOf(entryOf(app, spot)).map((id) => app.state.snapshot.files[id]?.name ?? id);
  return h(
    'div',
    { key: spotKey(spot) },
    h('input.field', {
      id: labels.id,
      type: 'file',
      multiple: labels.most > 1,
      'aria-labelledby': labels.labelledBy,
      'aria-describedby': labels.describedBy,
      onChange: ({ currentTarget: { files } }) =>
        void uploadAll(app, [...(files ?? [])]).then(async (ids) => hold(app, spot, ids)),
    }),
    names.length === 0 ? null : tag('p.hint', names.join(', ')),
  );
}

/** Ids of the files that arrived. */
async function uploadAll(app: App, files: readonly File[]): Promise<string[]> {
  const ids: string[] = [];
  for (const file of files) {
    const contentBase64 = await base64Of(file);
    const mimetype = file.type === '' ? 'application/octet-stream' : file.type;
    const answer = await app.act({ do: 'upload', name: file.name, mimetype, contentBase64 });
    if (answer.ok && answer.result.fileId !== null) ids.push(answer.result.fileId);
  }
  return ids;
}

async function base64Of(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
