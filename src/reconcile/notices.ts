import { greetingMetadata, linkedMetadata, sharedMetadata } from '../slack/edge/metadata.ts';
import { notice, renderGreeting } from '../slack/views/notices.ts';
import { escape } from '../slack/views/text.ts';
import type { Desired, Kind } from './context.ts';

/** What is said once: the key of each holds all that it is about. */
export type Notice = Kind<Desired>;

const desired = (message: Desired): Desired => message;

/** What the app does in a channel that it was invited to. A channel that takes no message is left to the next invitation. */
export const GREETING: Notice = {
  read: async ({ command, text }, subject) => {
    const [teamId = '', channelId = ''] = subject.split(':');
    return Promise.resolve({
      place: { channelId, threadTs: null },
      teamId,
      userId: null,
      metadata: greetingMetadata(channelId),
      render: () => renderGreeting(command, text),
    });
  },
  desired,
};

/** A member is told that the identity file lets another person run sessions as them. */
export const SHARED: Notice = {
  async read({ findMember, slack: { people, textFor } }, subject) {
    const [teamId = '', userId = '', ...rest] = subject.split(':');
    const member = await findMember(rest.join(':'));
    // Only a full member of the workspace is told.
    const owner = member?.email == null ? null : await people.findByEmail(member.email);
    if (member === null || owner?.kind !== 'member' || owner.userId === userId) return null;
    const { notices } = await textFor(owner.userId);
    const words = notices.sharedAccount(`<@${userId}>`, escape(member.name));
    return {
      place: 'direct',
      teamId,
      userId: owner.userId,
      metadata: sharedMetadata(userId, member.userId),
      render: () => notice([words]),
    };
  },
  desired,
};

/** A person is told that a workspace admin linked them to a member, or removed their link. */
export const LINKED: Notice = {
  async read({ findMember, slack: { textFor } }, subject) {
    const [teamId = '', userId = '', adminId = '', change = '', ...rest] = subject.split(':');
    const devinUserId = rest.join(':');
    const { toPerson } = (await textFor(userId)).steering.linking;
    const by = `<@${adminId}>`;
    const name = devinUserId === '' ? null : ((await findMember(devinUserId))?.name ?? devinUserId);
    const words = name === null ? toPerson.removed(by) : toPerson.done(by, escape(name));
    return {
      place: 'direct',
      teamId,
      userId,
      metadata: linkedMetadata(userId, change),
      render: () => notice([words]),
    };
  },
  desired,
};
