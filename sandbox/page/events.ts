import type { ServerResponse } from 'node:http';
import type { Changed } from './client/wire.ts';

/** Comments in between keep the connection open through idle times. */
const KEEP_ALIVE_MS = 15_000;

export type Events = ReturnType<typeof createEvents>;

/** Server-Sent Events: tells every open page that something has changed, not what it is now. */
export function createEvents() {
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
    tell(changed: Changed): void {
      const event = `event: changed\ndata: ${JSON.stringify(changed)}\n\n`;
      for (const response of open) response.write(event);
    },
    close(): void {
      clearInterval(keepAlive);
      for (const response of open) response.end();
      open.clear();
    },
  };
}
