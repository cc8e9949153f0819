import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { isOnlyDelay, waitFirst } from '../faults.ts';
import { breakDown, type Faults } from './faults.ts';
import { receiveUpload, serveFile } from './files.ts';
import { receiveResponse } from './responses.ts';
import type { State } from './state.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

type Routes = { state: State; server: Server; webApi: Handler; faults: Faults };

export function serve({ state, server, webApi, faults }: Routes): void {
  server.on('request', (request, response) => {
    route(request, response).catch((error: unknown) => {
      state.problems.push(`the local Slack itself failed: ${String(error)}`);
      response.writeHead(500).end();
    });
  });

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    // This Slack's clock, which can differ from the machine's.
    response.setHeader('date', new Date(state.now()).toUTCString());
    if (path.startsWith('/api/')) return webApi(request, response);
    const area = AREAS.find(({ prefix }) => path.startsWith(prefix));
    if (area === undefined) {
      response.writeHead(404).end();
      return undefined;
    }
    const fault = faults.take(area.fault);
    if (fault === null) return area.handle(state, request, response);
    await waitFirst(fault);
    if (isOnlyDelay(fault)) return area.handle(state, request, response);
    return breakDown(response, fault);
  }
}

/** URLs other than the Web API's, with the names under which faults are planned for them. */
const AREAS = [
  { prefix: '/actions/', fault: 'response_url', handle: receiveResponse },
  { prefix: '/upload/', fault: 'upload', handle: receiveUpload },
  { prefix: '/files-pri/', fault: 'files', handle: serveFile },
];
