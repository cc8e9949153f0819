/** Hosts that people name without `https://`, as they copy it from a page. */
const KNOWN_HOSTS: ReadonlySet<string> = new Set(['github.com', 'gitlab.com', 'bitbucket.org']);
/** Where a repository is always `owner/name`; elsewhere its groups may be nested. */
const TWO_PARTS: ReadonlySet<string> = new Set(['github.com', 'bitbucket.org']);
/** The first part of an address that is a page in a repository and not its name. */
const PAGES: ReadonlySet<string> = new Set([
  '-',
  'actions',
  'blob',
  'branches',
  'commit',
  'commits',
  'compare',
  'discussions',
  'issues',
  'merge_requests',
  'pull',
  'pull-requests',
  'pulls',
  'raw',
  'releases',
  'src',
  'tags',
  'tree',
  'wiki',
]);

const SCHEME = /^(?:(?:https?|ssh|git):\/\/)?(?:[\w.-]+@)?(?<host>[\w.-]+)(?::\d+)?[/:](?<path>.*)$/i;
const PARTS = 2;

/** `owner/name` from that, from an https or ssh address, or from any page of a repository; as it is, if it is none. */
export function repositoryOf(typed: string): string {
  const value = typed.trim();
  const { host = '', path = '' } = SCHEME.exec(value)?.groups ?? {};
  const known = host.toLowerCase().replace(/^www\./, '');
  const isAddress = /^(?:https?|ssh|git):\/\/|^[\w.-]+@/i.test(value) || KNOWN_HOSTS.has(known);
  return isAddress ? nameIn(path, known) : withoutEnd(value);
}

function nameIn(path: string, host: string): string {
  const [clean = ''] = path.split(/[?#]/, 1);
  const parts = clean.split('/').filter((part) => part !== '');
  const page = TWO_PARTS.has(host) ? PARTS : parts.findIndex((part, at) => at >= PARTS && PAGES.has(part));
  return withoutEnd(parts.slice(0, page === -1 ? undefined : page).join('/'));
}

/** Without `.git` and slashes at the end. */
function withoutEnd(value: string): string {
  let end = value.length;
  while (end > 0 && value.charAt(end - 1) === '/') end -= 1;
  const name = value.slice(0, end);
  return name.endsWith('.git') ? name.slice(0, -'.git'.length) : name;
}
