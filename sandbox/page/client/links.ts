import { type App, readableChannels } from './app.ts';
import { openThread } from './places.ts';

/** https://docs.slack.dev/reference/methods/chat.getPermalink */
const PERMALINK = /^https:\/\/[\w-]+\.slack\.com\/archives\/(\w+)\/p(\d+)(\d{6})(?:\?thread_ts=([\d.]+))?/;

/** Links to messages open in the page. Any other address is outside the sandbox, and opens only after a question. */
export function openAddress(app: App, url: string): void {
  const [, channelId, seconds, rest, threadTs] = PERMALINK.exec(url) ?? [];
  const channel = readableChannels(app.state).find(({ id }) => id === channelId);
  if (channel !== undefined) return openThread(app, channel.id, threadTs ?? `${seconds}.${rest}`);
  app.update({ dialog: { kind: 'link', url } });
}

/** Links within messages and dialogs; those of the page itself have `download` or `target`. */
export function catchLinks(app: App): void {
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || link.hasAttribute('download') || link.hasAttribute('target')) return;
    event.preventDefault();
    openAddress(app, link.href);
  });
}
