import { z } from 'zod';

/** `owner/name`, or any page of a repository. */
export const repository = z
  .string()
  .trim()
  .max(2083)
  .transform(repositoryOf)
  .pipe(z.string().regex(/^(?:(?!\.{1,2}(?:\/|$))[\w.-]+(?:\/|$)){2,}$/));

/** Hosts that people type without `https://`. */
const KNOWN_HOSTS: ReadonlySet<string> = new Set(['github.com', 'gitlab.com', 'bitbucket.org']);
/** Hosts where a repository is always `owner/name`; elsewhere groups can be nested. */
const TWO_SEGMENTS: ReadonlySet<string> = new Set(['github.com', 'bitbucket.org']);
/** Segments of a URL that begin a page within a repository. */
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
const SEGMENTS = 2;

/** `owner/name` from an https or ssh address or any page of a repository; other text stays as it is. */
function repositoryOf(typed: string): string {
  const value = typed.trim();
  const { host = '', path = '' } = SCHEME.exec(value)?.groups ?? {};
  const known = host.toLowerCase().replace(/^www\./, '');
  const isAddress = /^(?:https?|ssh|git):\/\/|^[\w.-]+@/i.test(value) || KNOWN_HOSTS.has(known);
  return isAddress ? nameIn(path, known) : withoutEnd(value);
}

function nameIn(path: string, host: string): string {
  const [clean = ''] = path.split(/[?#]/, 1);
  const segments = clean.split('/').filter((segment) => segment !== '');
  const page = TWO_SEGMENTS.has(host)
    ? SEGMENTS
    : segments.findIndex((segment, at) => at >= SEGMENTS && PAGES.has(segment));
  return withoutEnd(segments.slice(0, page === -1 ? undefined : page).join('/'));
}

const GIT = '.git';

/** Without `.git` and slashes at the end: rules of the policy compare names, and each has one way to be written. */
function withoutEnd(value: string): string {
  let end = value.length;
  for (;;) {
    if (value.charAt(end - 1) === '/') end -= 1;
    else if (value.slice(0, end).toLowerCase().endsWith(GIT)) end -= GIT.length;
    else return value.slice(0, end);
  }
}
