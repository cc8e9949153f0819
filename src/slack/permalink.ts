type Place = { channelId: string; ts: string; threadTs: string | null };

/** What https://docs.slack.dev/reference/methods/chat.getPermalink answers, without a call for each message. */
export function permalink(workspaceUrl: string, { channelId, ts, threadTs }: Place): string {
  const address = new URL(`archives/${channelId}/p${ts.replace('.', '')}`, workspaceUrl);
  if (threadTs !== null) {
    address.searchParams.set('thread_ts', threadTs);
    address.searchParams.set('cid', channelId);
  }
  return address.href;
}
