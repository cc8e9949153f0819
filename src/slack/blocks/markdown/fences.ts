/** Three backticks are Slack's fence, and they have no escape: a zero-width space parts them. */
export function withoutFences(mrkdwn: string): string {
  return mrkdwn.replaceAll(/`{3,}/g, (run) => run.split('').join('\u200B'));
}
