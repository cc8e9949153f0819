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

/** `/archives/<channel>/p<ts without its point>`, and `thread_ts` where the message is a reply. */
const PATH = /^\/archives\/([A-Z0-9]+)\/p(\d+)(\d{6})$/;

/** The thread that a message's address points into. https://docs.slack.dev/reference/methods/chat.getPermalink */
export function readPermalink(address: string): { channelId: string; threadTs: string } | null {
  const url = URL.parse(address);
  const [, channelId, seconds, micros] = PATH.exec(url?.pathname ?? '') ?? [];
  if (channelId === undefined) return null;
  return { channelId, threadTs: url?.searchParams.get('thread_ts') ?? `${seconds}.${micros}` };
}
