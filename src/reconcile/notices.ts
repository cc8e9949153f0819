import {
  greetingMetadata,
  linkedMetadata,
  sharedMetadata,
  switchedMetadata,
  type MessageMetadata,
} from '../slack/edge/metadata.ts';
import { notice, renderGreeting } from '../slack/views/notices.ts';
import { escape } from '../slack/views/text.ts';
import type { Person } from '../store/identities.ts';
import type { Desired, Kind } from './context.ts';

/** Each is said once: its key holds all that it is about. */
const desired = (message: Desired): Desired => message;

/** What a person is told in their direct messages. */
const toPerson = (person: Person, metadata: MessageMetadata, words: string): Desired => ({
  ...person,
  place: 'direct',
  metadata,
  render: () => notice([words]),
});

/** What the app does in a channel that it was invited to. A channel that takes no message is left to the next invitation. */
export const GREETING: Kind<Desired> = {
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
export const SHARED: Kind<Desired> = {
  async read({ findMember, slack: { people, textFor } }, subject) {
    const [teamId = '', userId = '', ...rest] = subject.split(':');
    const member = await findMember(rest.join(':'));
    // Only a full member of the workspace is told.
    const owner = member?.email == null ? null : await people.findByEmail(member.email);
    if (member === null || owner?.kind !== 'member' || owner.userId === userId) return null;
    const { notices } = await textFor(owner.userId);
    const words = notices.sharedAccount(`<@${userId}>`, escape(member.name));
    return toPerson({ teamId, userId: owner.userId }, sharedMetadata(userId, member.userId), words);
  },
  desired,
};

/** A person is told that their new address in Slack makes them another member. */
export const SWITCHED: Kind<Desired> = {
  async read({ findMember, slack: { textFor } }, subject) {
    const [teamId = '', userId = '', ...rest] = subject.split(':');
    const member = await findMember(rest.join(':'));
    if (member === null) return null;
    const words = (await textFor(userId)).notices.otherAccount(escape(member.name));
    return toPerson({ teamId, userId }, switchedMetadata(userId, member.userId), words);
  },
  desired,
};

/** A person is told that a workspace admin linked them to a member, or removed their link. */
export const LINKED: Kind<Desired> = {
  async read({ findMember, slack: { textFor } }, subject) {
    const [teamId = '', userId = '', adminId = '', change = '', ...rest] = subject.split(':');
    const devinUserId = rest.join(':');
    const { done, removed } = (await textFor(userId)).steering.linking.toPerson;
    const by = `<@${adminId}>`;
    const name = devinUserId === '' ? null : ((await findMember(devinUserId))?.name ?? devinUserId);
    const words = name === null ? removed(by) : done(by, escape(name));
    return toPerson({ teamId, userId }, linkedMetadata(userId, change), words);
  },
  desired,
};
