/** When the app is invited to a channel, once. What can be typed comes as mrkdwn. */
export const greeting = {
  what: 'This app starts Devin sessions from this channel, each in its own thread.',
  how: (command: string): string => `Type ${command}, or pick *Start a Devin session* in a message's menu.`,
  example: 'fix the flaky login test',
  privacy: (help: string): string =>
    `It reads only session threads, messages that mention it, and what you send to Devin. More: ${help}.`,
};
