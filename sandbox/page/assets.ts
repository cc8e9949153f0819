import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import { extname } from 'node:path';
import type { Language } from '../../src/session/preferences.ts';
import { Refusal } from './http.ts';

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
export async function serveAsset(response: ServerResponse, path: string, language: Language): Promise<void> {
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
export async function serveReadme(response: ServerResponse, path: string): Promise<void> {
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
