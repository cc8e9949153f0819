import { isAddress } from '../text.ts';

/** Nobody meant to write longer addresses. */
const ADDRESS_LENGTH = 2000;
const LABEL_LENGTH = 500;

/** A label that reads as an address, with or without its scheme. */
const ADDRESS_IN_LABEL =
  /^(?:[a-z][a-z0-9+.-]*:\/\/)?((?:[^\s/?#@]*@)?(?:[\p{L}\p{N}-]+\.)+\p{L}{2,})(?=[/?#:]|$)/iu;
const SCHEME = /[a-z]:\/\//i;

/** What a link shows and where it leads: `url` is null for what Slack makes no link of. */
export function honestLink(href: string, label: string): { text: string; url: string | null } {
  const short = label.slice(0, LABEL_LENGTH);
  if (href.length > ADDRESS_LENGTH || !isAddress(href)) {
    const isShown = href === '' || href === label;
    return { text: isShown ? short : `${short} (${href.slice(0, LABEL_LENGTH)})`, url: null };
  }
  const host = hostOf(href);
  return { text: host !== null && poses(short, href, host) ? `${short} (${host})` : short, url: href };
}

/** Whether the label is an address of another host. A file's name ends the address that it leads to. */
function poses(label: string, href: string, host: string): boolean {
  const words = label.trim();
  if (words === href || words === '') return isDisguised(href);
  const shown = ADDRESS_IN_LABEL.exec(words)?.[1];
  if (shown === undefined) return SCHEME.test(words);
  if (hostOf(SCHEME.test(words) ? words : `https://${words}`) === host) return false;
  return SCHEME.test(words) || !href.endsWith(`/${words}`);
}

/** `https://github.com@evil.example`: the part before the `@` is no host. */
function isDisguised(href: string): boolean {
  const url = URL.canParse(href) ? new URL(href) : null;
  return url !== null && url.username !== '' && url.protocol !== 'mailto:';
}

function hostOf(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const { host, protocol } = new URL(address);
  return protocol === 'mailto:' ? null : host.replace(/^www\./, '');
}
