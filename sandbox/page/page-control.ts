import type { IncomingMessage, ServerResponse } from 'node:http';

/** What the page's server needs of the sandbox's knobs. */
export type PageControl = {
  /** Answers everything under /api/control/. */
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** What goes wrong next; part of the snapshot. */
  faults: () => unknown;
  /** Hears of each change that the panel shows. Returns how to stop listening. */
  subscribe: (listener: () => void) => () => void;
};
