import type { App } from './app.ts';
import type { Labels, Spot } from './entries.ts';
import { entryOf, hold, listOf, spotKey } from './entries.ts';
import { h } from './h.ts';
import type { VNode } from './h.ts';
import { icon } from './icons.ts';
import { uploadAll } from './uploads.ts';

type FileField = { app: App; spot: Spot; labels: Labels; most: number };

export function fileField(field: FileField): VNode {
  const { app, spot, labels, most } = field;
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
    ids.length > 0
      ? h(
          'ul.file-list',
          {},
          ids.map((id) => picked(field, id)),
        )
      : null,
    h(
      'label.button.file-pick',
      {},
      icon('clip'),
      h('span', {}, ids.length === 0 ? 'Add files' : 'Add more files'),
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

function picked({ app, spot }: FileField, id: string): VNode {
  const name = app.state.snapshot.files[id]?.name ?? 'file';
  const remove = (): void => {
    const left = listOf(entryOf(app, spot)).filter((one) => one !== id);
    void hold(app, spot, left);
  };
  return h(
    'li.file-item',
    { key: id },
    icon('file'),
    h('span', {}, name),
    h('button', { type: 'button', 'aria-label': `Remove ${name}`, onClick: remove }, icon('close')),
  );
}
