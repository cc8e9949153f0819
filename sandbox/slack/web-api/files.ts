import { z } from 'zod';
import { addFile } from '../files.ts';
import { addBotMessage } from '../messages.ts';
import type { SlackFile } from '../model.ts';
import type { State } from '../state.ts';
import { wireFile } from '../wire.ts';
import { openChannel, threadOf } from './access.ts';
import { ApiError, id, method } from './method.ts';

export const files = {
  'files.info': method({
    scopes: ['files:read'],
    args: z.object({ file: id }),
    run: ({ file }, state) => ({ file: wireFile(state, knownFile(state, file)), comments: [] }),
  }),

  'files.getUploadURLExternal': method({
    scopes: ['files:write'],
    args: z.object({ filename: id, length: z.coerce.number().int().min(1) }),
    run({ filename, length }, state) {
      const file = addFile(state, {
        name: filename,
        mimetype: 'application/octet-stream',
        content: '',
        owner: state.workspace.botUserId,
        expects: length,
      });
      return { upload_url: `${state.url}/upload/v1/${file.id}`, file_id: file.id };
    },
  }),

  'files.completeUploadExternal': method({
    scopes: ['files:write'],
    args: z.object({
      files: z.array(z.object({ id, title: z.string().optional() })).min(1),
      channel_id: id.optional(),
      thread_ts: id.optional(),
    }),
    run(args, state) {
      const channel = args.channel_id === undefined ? null : openChannel(state, args.channel_id);
      const threadTs = channel === null ? null : threadOf(state, channel, args.thread_ts);
      const done = args.files.map(({ id: fileId }) => complete(state, fileId));
      if (channel !== null) {
        addBotMessage(state, {
          channelId: channel.id,
          text: '',
          threadTs,
          fileIds: done.map((file) => file.id),
        });
      }
      return { files: done.map((file) => wireFile(state, file)) };
    },
  }),
};

function knownFile(state: State, fileId: string): SlackFile {
  const file = state.files.get(fileId);
  if (file === undefined || file.expects !== null) throw new ApiError('file_not_found');
  return file;
}

function complete(state: State, fileId: string): SlackFile {
  const file = state.files.get(fileId);
  if (file === undefined || file.content.byteLength !== file.expects) throw new ApiError('file_not_found');
  return Object.assign(file, { expects: null });
}
