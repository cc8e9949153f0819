import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import { extname } from 'node:path';
import type { Language } from '../../src/session/preferences.ts';
import type { LocalDevin } from '../devin/index.ts';
import { listen, sendJson, shut } from '../loopback.ts';
import type { LocalSlack } from '../slack/index.ts';
import { perform } from './acts.ts';
import { serveFile } from './files.ts';
import type { Guide } from './guide.ts';
import { checkOrigin, readJson, Refusal } from './http.ts';
import { exchangesOf } from './requests.ts';
import { type SnapshotDeps, takeSnapshot } from './snapshot.ts';

export type PageOptions = {
  slack: LocalSlack;
  devin: LocalDevin;
  /** Things to try; none by default. */
  guide?: Guide;
  /** Of the page's own words. */
  language?: Language;
  /** 0, the default: any free port. */
  port?: number;
};

export type Page = { url: string; close: () => Promise<void> };

type Parts = Pick<PageOptions, 'slack' | 'devin'> & {
  port: number;
  events: Events;
  snapshot: SnapshotDeps;
  language: Language;
};

/** Kinds of changes to what the page shows; the others are the panel's alone. */
const SHOWN = new Set(['message', 'view', 'home']);

/** A Slack-like client in the browser, on this machine only, with the sandbox behind it. */
export async function createPage(options: PageOptions): Promise<Page> {
  const { slack, devin, guide = null, language = 'en' } = options;
  const events = createEvents();
  const server = createServer();
  const { port, origin: url } = await listen(server, options.port);
  const snapshot = { slack, devin, guide };
  serve(server, { slack, devin, port, events, snapshot, language });
  const tell = (isShown: boolean): void => {
    const isGuided = guide?.look() === true;
    events.tell(isShown || isGuided ? 'shown' : 'other');
  };
  const unsubscribe = [
    slack.subscribe(({ kind }) => tell(SHOWN.has(kind))),
    devin.subscribe(() => tell(false)),
    ...(guide === null ? [] : [guide.subscribe(() => tell(false))]),
  ];
  return {
    url,
    async close() {
      for (const stop of unsubscribe) stop();
      events.close();
      await shut(server);
    },
  };
}

function serve(server: Server, parts: Parts): void {
  server.on('request', (request, response) => {
    route(parts, request, response).catch((error: unknown) => refuse(response, error));
  });
}

async function route(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  checkOrigin(request, parts.port);
  const { method } = request;
  const { pathname } = new URL(request.url ?? '/', 'http://page');
  if (method === 'POST' && pathname === '/api/act') {
    return sendJson(response, await perform(parts.slack, await readJson(request)));
  }
  if (method === 'POST' && pathname === '/api/kill') {
    parts.snapshot.guide?.kill();
    return sendJson(response, {});
  }
  if (method !== 'GET') throw new Refusal(`${pathname} takes no ${method ?? 'such request'}.`, 405);
  if (pathname === '/api/state') return sendJson(response, takeSnapshot(parts.snapshot));
  if (pathname === '/api/requests') return sendJson(response, { requests: exchangesOf(parts) });
  if (pathname === '/api/events') return parts.events.add(response);
  if (/^\/README(?:\.ja)?\.md$/.test(pathname)) return serveReadme(response, pathname);
  const fileId = /^\/files\/(\w+)$/.exec(pathname)?.[1];
  return fileId === undefined
    ? serveAsset(response, pathname, parts.language)
    : serveFile(parts.slack, response, fileId);
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
  } else if (error instanceof Refusal) {
    sendJson(response, { problem: error.message }, { status: error.status });
  } else {
    const reason = error instanceof Error ? error.message : String(error);
    sendJson(response, { problem: `The page's own server failed: ${reason}` }, { status: 500 });
  }
}

/** Comments in between keep the connection open through idle times. */
const KEEP_ALIVE_MS = 15_000;

type Events = ReturnType<typeof createEvents>;

/** Server-Sent Events: tells every open page that something has changed, not what it is now. An event needs data. */
function createEvents() {
  const open = new Set<ServerResponse>();
  const keepAlive = setInterval(() => {
    for (const response of open) response.write(':\n\n');
  }, KEEP_ALIVE_MS).unref();

  return {
    add(response: ServerResponse): void {
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
      });
      response.write('retry: 1000\n\n');
      open.add(response);
      response.on('close', () => open.delete(response));
    },
    tell(what: 'shown' | 'other'): void {
      for (const response of open) response.write(`event: ${what}\ndata:\n\n`);
    },
    close(): void {
      clearInterval(keepAlive);
      for (const response of open) response.end();
      open.clear();
    },
  };
}

const ROOT = new URL('../../', import.meta.url);
const CLIENT = new URL('./client/', import.meta.url);
/** The client's only library, as its package has it. */
const PREACT = new URL(import.meta.resolve('preact'));
const PREACT_NAME = 'preact.js';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.ts': 'text/javascript; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Nothing from elsewhere is loaded, except pictures that a message shows. */
const POLICY = "default-src 'self'; img-src 'self' data: https:; base-uri 'none'; form-action 'none'";

/** Files of the client; its TypeScript is sent without types, under its own name. */
async function serveAsset(response: ServerResponse, path: string, language: Language): Promise<void> {
  const name = path === '/' ? 'index.html' : path.slice(1);
  const type = TYPES[extname(name)];
  if (type === undefined || !/^(?:[\w-]+\/)*[\w-]+\.\w+$/.test(name)) throw notFound(path);
  const file = name === PREACT_NAME ? PREACT : new URL(name, CLIENT);
  const text = await readFile(file, 'utf8').catch(() => {
    throw notFound(path);
  });
  response.writeHead(200, {
    'content-type': type,
    'content-security-policy': POLICY,
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
  });
  response.end(
    name.endsWith('.ts') ? forBrowsers(text) : text.replace('<html>', `<html lang="${language}">`),
  );
}

/** A browser doesn't know packages by name; an import map would need a gap in the policy. */
function forBrowsers(source: string): string {
  return stripTypeScriptTypes(source).replaceAll(" from 'preact';", ` from './${PREACT_NAME}';`);
}

/** As text, because its links lead nowhere here. */
async function serveReadme(response: ServerResponse, path: string): Promise<void> {
  const text = await readFile(new URL(path.slice(1), ROOT), 'utf8').catch(() => {
    throw notFound(path);
  });
  response.writeHead(200, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}

function notFound(path: string): Refusal {
  return new Refusal(`The page has nothing at ${path}.`, 404);
}
