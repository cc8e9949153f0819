import { expect, test } from 'vitest';
import { handOverFile } from '../../src/create/hand-over.ts';
import { bareFailure, DevinError } from '../../src/devin/errors.ts';

const file = {
  id: 'F1',
  name: 'log.txt',
  mimetype: 'text/plain',
  size: 3,
  url: 'https://files.slack.com/F1',
};

test("an upload that the stop aborts isn't blamed on Devin: the job runs again", async () => {
  const stopping = new AbortController();
  const handedOver = handOverFile(
    {
      files: {
        open: async () =>
          Promise.resolve({ kind: 'open', body: new Blob(['log']).stream(), contentType: 'text/plain' }),
      },
      upload: async () => {
        stopping.abort(new Error('the app is stopping'));
        throw new DevinError({ operation: 'attachments.upload', failure: bareFailure('no-answer') });
      },
      now: Date.now,
    },
    file,
    { askedAt: new Date(), signal: stopping.signal },
  );
  await expect(handedOver).rejects.toThrow('the app is stopping');
});
