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
const TWO_SEGMENTS: ReadonlySet<string> = new Set([
  'github.com',
  'raw.githubusercontent.com',
  'bitbucket.org',
]);
/** Segments that begin a page within a repository. */
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

/** The name in an https or ssh address or any page of a repository; other text stays as it is. */
function repositoryOf(typed: string): string {
  const value = typed.trim();
  const { host = '', path = '' } = SCHEME.exec(value)?.groups ?? {};
  const known = host.toLowerCase().replace(/^www\./, '');
  const isAddress = /^(?:https?|ssh|git):\/\/|^[\w.-]+@/i.test(value) || KNOWN_HOSTS.has(known);
  return withoutEnd(isAddress ? nameAt(known, path) : withoutPage(value));
}

function nameAt(host: string, path: string): string {
  const [clean = ''] = path.split(/[?#]/, 1);
  const segments = clean.split('/').filter((segment) => segment !== '');
  const page = TWO_SEGMENTS.has(host) ? SEGMENTS : pageIn(segments);
  return segments.slice(0, page).join('/');
}

/** Without an address, a last segment such as `src` can be a repository in a group. */
function withoutPage(value: string): string {
  const segments = value.split('/');
  return segments.slice(0, pageIn(segments.slice(0, -1))).join('/');
}

/** undefined: there is no page. */
function pageIn(segments: readonly string[]): number | undefined {
  const page = segments.findIndex((segment, at) => at >= SEGMENTS && PAGES.has(segment));
  return page === -1 ? undefined : page;
}

const GIT = '.git';

/** Without `.git`, slashes and a period at the end: the policy compares names, each in one spelling. */
function withoutEnd(value: string): string {
  let end = value.length;
  for (;;) {
    const last = value.charAt(end - 1);
    const isPeriod = last === '.' && !['', '/'].includes(value.charAt(end - 2));
    if (last === '/' || isPeriod) end -= 1;
    else if (value.slice(0, end).toLowerCase().endsWith(GIT)) end -= GIT.length;
    else return value.slice(0, end);
  }
}

/** `owner/name` of `git.example.com/owner/name`, to compare: a group can have a dot in its name. */
export function withoutHost(name: string): string {
  const [host = '', ...rest] = name.replace(/^https?:\/\//i, '').split('/');
  return host.includes('.') && rest.length >= SEGMENTS ? rest.join('/') : name;
}
