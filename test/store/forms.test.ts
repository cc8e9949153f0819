import { expect, test } from 'vitest';
import { createForms } from '../../src/store/forms.ts';
import { useEmbedded } from '../support/databases.ts';

const open = useEmbedded();
const PLACE = { teamId: 'T1', userId: 'U1', channelId: 'C1', threadTs: null };
const draftOf = (prompt: string) => ({ values: { prompt }, sources: {} });

test('a form that is offered twice keeps what was entered in it', async () => {
  const forms = createForms((await open()).db);
  const offered = { ...PLACE, id: 'f1', context: null, sealed: null };
  await forms.insert({ ...offered, draft: draftOf('fix it') });
  await forms.change('f1', { sealed: 'urls', sentIn: 'V1' });
  await forms.insert({ ...offered, draft: draftOf('fix it again') });
  const kept = { draft: draftOf('fix it'), sealed: 'urls', sentIn: 'V1' };
  expect(await forms.find('f1')).toMatchObject(kept);
});
