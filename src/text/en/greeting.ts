/** In a channel the app was invited to, once. What can be typed comes as mrkdwn. */
export const greeting = {
  what: 'I start Devin sessions for people in this channel, and bring what Devin says into their threads.',
  how: (command: string): string =>
    `Type ${command}, or point at a message and choose *More actions* > *Start a Devin session*.`,
  example: 'fix the flaky login test',
  privacy: (help: string): string =>
    `I read only session threads and messages that mention me. ${help} shows what else I can do.`,
  start: 'Start a session',
};
