import type { App } from './app.ts';
import { type Labels, type Spot, entryOf, hold, listOf, spotKey } from './entries.ts';
import { h, type Child, type VNode } from './h.ts';
import { icon } from './icons.ts';
import { wording } from './words.ts';

type FileField = { app: App; spot: Spot; labels: Labels; most: number };

export function fileField({ app, spot, labels, most }: FileField): VNode {
  const ids = listOf(entryOf(app, spot));
  const add = async (input: HTMLInputElement): Promise<void> => {
    const files = [...(input.files ?? [])];
    input.value = '';
    const added = await uploadAll(app, files);
    await hold(app, spot, [...listOf(entryOf(app, spot)), ...added]);
  };
  return h(
    'div.file-field',
    { key: spotKey(spot) },
    fileList(app, { label: wording.form.chosen, fileIds: ids, keep: (left) => void hold(app, spot, left) }),
    h(
      'label.button.file-pick',
      {},
      icon('clip'),
      h('span', {}, ids.length === 0 ? wording.form.addFiles : wording.form.addMoreFiles),
      h('input.sr-only', {
        id: labels.id,
        type: 'file',
        multiple: most > 1,
        'aria-labelledby': labels.labelledBy,
        'aria-describedby': labels.describedBy,
        onChange: ({ currentTarget }) => void add(currentTarget),
      }),
    ),
  );
}

type FileList = { label: string; fileIds: readonly string[]; keep: (left: string[]) => void };

function fileList(app: App, { label, fileIds, keep }: FileList): Child {
  if (fileIds.length === 0) return null;
  return h(
    'ul.file-list',
    { 'aria-label': label },
    fileIds.map((id) => {
      const name = app.state.snapshot.files[id]?.name ?? wording.form.file;
      const remove = (): void => keep(fileIds.filter((one) => one !== id));
      return h(
        'li.file-item',
        { key: id },
        icon('file'),
        h('span', {}, name),
        h(
          'button',
          { type: 'button', 'aria-label': wording.form.remove(name), onClick: remove },
          icon('close'),
        ),
      );
    }),
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
  const step = 0x8000;
  let binary = '';
  for (let at = 0; at < bytes.length; at += step) {
    binary += String.fromCharCode(...bytes.subarray(at, at + step));
  }
  return btoa(binary);
}
