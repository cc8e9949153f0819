/** A person's App Home. Names, links and what can be typed come as mrkdwn. */
export const home = {
  title: 'Your Devin sessions',
  runsAs: {
    looking: 'Looking up who your sessions run as…',
    member: (name: string): string => `Your sessions run as ${name}.`,
    notKnown:
      'Who your sessions run as could not be looked up just now. It is looked up again before anything is sent to Devin.',
  },
  start: 'Start a session',
  refresh: 'Refresh',
  whereCardsGo: 'A session started here has its card under Messages, for you alone.',
  drawn: (moment: string): string => `As of ${moment}.`,
  groups: { 'needs-you': 'Needs you', 'under-way': 'Under way', earlier: 'Earlier' },
  thread: 'Thread',
  more: (shown: number, total: number, command: string): string =>
    `${shown} of ${total}. ${command} shows all of them.`,
  none: {
    title: 'You have no sessions yet',
    byCommand: 'Type this in any channel, with a task and a repository of yours:',
    example: 'fix the flaky login test --repo acme/web --acu 10',
    byShortcut:
      'Or point at any message and choose *More actions* > *Start a Devin session*: the thread goes along. You can follow Devin and answer it in Slack.',
  },
  defaults: (values: string, command: string): string =>
    `*Defaults that apply to you:* ${values} (${command})`,
  noDefaults: (command: string): string => `*Defaults that apply to you:* none. Set some with ${command}.`,
  exampleDefaults: 'defaults me --acu 10',
  help: (command: string): string =>
    `${command} lists every option. In a session's thread, what you write goes to Devin.`,
};
