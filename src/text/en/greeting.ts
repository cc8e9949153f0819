/** In a channel the app was invited to, once. What can be typed comes as mrkdwn. */
export const greeting = {
  what: 'I start Devin sessions from this channel, each in its own thread.',
  how: (command: string): string => `Type ${command}, or pick *Start a Devin session* in a message's menu.`,
  example: 'fix the flaky login test',
  privacy: (help: string): string =>
    `I read only session threads and messages to me. ${help} shows the rest.`,
  start: 'Start a session',
};
