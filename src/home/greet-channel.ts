import type { Log } from '../log.ts';
import { againInMs, soonIfBusy, type Jobs, type PostOnce, type WithLease } from '../queue/index.ts';
import { greetingMetadata } from '../slack/edge/metadata.ts';
import { renderGreeting } from '../slack/views/notices.ts';
import type { Greetings } from '../store/greetings.ts';
import type { Text } from '../text/index.ts';

type GreetDeps = {
  greetings: Pick<Greetings, 'isDue' | 'greeted'>;
  withLease: WithLease;
  postOnce: PostOnce;
  command: string;
  text: Text;
  log: Log;
};

/** Says once in a channel what the app does there. A channel that takes no message is left to the next invitation. */
export function createGreeter(deps: GreetDeps) {
  const { greetings, withLease, postOnce, command, text, log } = deps;

  return async (channel: Jobs['greet-channel']): Promise<number | null> => {
    const key = `greeting:${channel.teamId}:${channel.channelId}`;
    const leasing = withLease(key, async (lease) => {
      if (!(await greetings.isDue(channel))) return null;
      const posted = await postOnce({
        key,
        place: { channelId: channel.channelId, threadTs: null },
        metadata: greetingMetadata(channel.channelId),
        lease,
        render: async () => renderGreeting(command, text),
      });
      if (posted.kind === 'posted') await greetings.greeted(channel);
      return againInMs(posted, 'a greeting', log);
    });
    return soonIfBusy(leasing);
  };
}
