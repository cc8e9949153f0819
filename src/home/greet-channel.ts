import type { Log } from '../log.ts';
import { HELD_WAIT_MS } from '../queue/index.ts';
import type { Enqueue, Jobs, PostOnce, WithLease } from '../queue/index.ts';
import { renderGreeting } from '../slack/blocks/notices.ts';
import { greetingMetadata } from '../slack/metadata.ts';
import type { Posted } from '../slack/outbound.ts';
import type { Greetings } from '../store/greetings.ts';
import type { Text } from '../text/index.ts';

type GreetDeps = {
  greetings: Pick<Greetings, 'isDue' | 'greeted'>;
  withLease: WithLease;
  postOnce: PostOnce;
  enqueue: Enqueue;
  command: string;
  text: Text;
  log: Log;
};

type Channel = Jobs['greet-channel'];

/** Says once in a channel what the app does there. A channel that takes no message is left to the next invitation. */
export function createGreeter(deps: GreetDeps) {
  const { greetings, withLease, postOnce, enqueue, command, text, log } = deps;
  const nameOf = ({ teamId, channelId }: Channel): string => `${teamId}:${channelId}`;

  async function again(channel: Channel, startAfterMs: number): Promise<void> {
    await enqueue('greet-channel', channel, { startAfterMs });
  }

  async function settle(channel: Channel, posted: Posted): Promise<void> {
    switch (posted.kind) {
      case 'posted':
        return greetings.greeted(channel);
      case 'rate-limited':
        return again(channel, posted.retryAfterMs);
      case 'refused':
        return log.warn({ code: posted.code }, 'Slack refused a greeting');
      case 'unclear':
        throw new Error('Slack did not say whether it took a greeting');
    }
  }

  return async (channel: Channel): Promise<void> => {
    const key = `greeting:${nameOf(channel)}`;
    const { kind } = await withLease(key, async (lease) => {
      if (!(await greetings.isDue(channel))) return;
      const posted = await postOnce({
        key,
        place: { channelId: channel.channelId, threadTs: null },
        metadata: greetingMetadata(channel.channelId),
        lease,
        render: async () => Promise.resolve(renderGreeting(command, text)),
      });
      await settle(channel, posted);
    });
    if (kind === 'busy') await again(channel, HELD_WAIT_MS);
  };
}
