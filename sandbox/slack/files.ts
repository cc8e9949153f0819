import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { randomId } from './ids.ts';
import type { SlackFile } from './model.ts';
import { addProblem, type State } from './state.ts';

export type NewFile = {
  name: string;
  mimetype: string;
  content: string | Buffer;
  owner: string;
  expects?: number;
};

export function addFile(state: State, given: NewFile): SlackFile {
  const { name, mimetype, owner, expects = null } = given;
  const id = randomId('F');
  const content = Buffer.from(given.content);
  const createdAtMs = state.now();
  const file = { id, name, mimetype, content, ownerId: owner, createdAtMs, expects };
  state.files.set(id, file);
  return file;
}

/** Without a valid token Slack answers 200 with its sign-in page, not an error. */
export function serveFile(state: State, request: IncomingMessage, response: ServerResponse): void {
  const { botToken, scopes, teamId } = state.workspace;
  const isAllowed = request.headers.authorization === `Bearer ${botToken}` && scopes.has('files:read');
  const folder = (request.url ?? '').split('/')[2] ?? '';
  const file = state.files.get(folder.slice(teamId.length + 1));
  if (!isAllowed) {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end('<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body></body></html>');
  } else if (file === undefined) {
    response.writeHead(404).end();
  } else {
    response.writeHead(200, { 'content-type': file.mimetype, 'content-length': file.content.byteLength });
    response.end(file.content);
  }
}

/** Where files.getUploadURLExternal sent the app. The body is the file. */
export async function receiveUpload(
  state: State,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const file = state.files.get((request.url ?? '').split('/').at(-1) ?? '');
  const body = await buffer(request);
  const refuse = (status: number, problem: string): void => {
    addProblem(state, problem);
    response.writeHead(status).end();
  };
  if (file === undefined || file.expects === null)
    return refuse(404, 'an upload to an address Slack never gave');
  if (body.byteLength !== file.expects)
    return refuse(400, `an upload of ${body.byteLength} bytes instead of ${file.expects}`);
  file.content = body;
  response.writeHead(200).end(`OK - ${body.byteLength}`);
}
