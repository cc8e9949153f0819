import type { IncomingMessage, ServerResponse } from 'node:http';
import { createLoopbackServer, listen, shut } from '../loopback.ts';
import { describeBody, readBody } from './body.ts';
import type { Fault, Faults } from './faults.ts';
import type { Arrival } from './gate.ts';
import type { Journal } from './journal.ts';
import { ApiProblem, problemBody } from './problem.ts';
import type { Answer } from './routes/route.ts';
import type { Schedule } from './timers.ts';
import { readQuery } from './validation.ts';

type ServerDeps = {
  faults: Faults;
  journal: Journal;
  schedule: Schedule;
  maxUploadBytes: number;
  now: () => number;
  answer: (arrival: Arrival) => Answer;
};

export async function openServer(port: number) {
  const server = createLoopbackServer();
  const { origin } = await listen(server, port);
  return {
    origin,
    /** Call it as soon as the server is open: nothing answers before. */
    serve(deps: ServerDeps): void {
      server.on('request', (req, res) => {
        // A connection that breaks while its body is read is the caller's business.
        handle(req, res, deps).catch(() => res.destroy());
      });
    },
    close: async () => shut(server),
  };
}

async function handle(req: IncomingMessage, res: ServerResponse, deps: ServerDeps): Promise<void> {
  const { pathname: path, searchParams } = new URL(req.url ?? '/', 'http://devin');
  const method = req.method ?? 'GET';
  const query = readQuery(searchParams);
  const body = await readBody(req, deps.maxUploadBytes);
  const { answered } = deps.journal.record({
    method,
    path,
    query,
    body: describeBody(body),
    headers: req.headers,
  });
  const fault = deps.faults.take(method, path);
  const answer = () => safely({ method, path, query, body, authorization: req.headers.authorization }, deps);
  const outcome =
    fault === null ? answer() : await withFault(fault, { answer, path, schedule: deps.schedule });
  if (outcome === 'silence') return;
  if (outcome === 'cut') {
    req.socket.destroy();
    return;
  }
  // This Devin's clock, which can differ from the machine's.
  res.setHeader('date', new Date(deps.now()).toUTCString());
  send(res, outcome);
  answered(outcome.status);
}

function safely(arrival: Arrival, { answer, journal }: ServerDeps): Answer {
  try {
    return answer(arrival);
  } catch (error) {
    if (error instanceof ApiProblem) return problemAnswer(error, arrival.path);
    journal.report(`the local Devin itself failed: ${error instanceof Error ? error.stack : String(error)}`);
    return problemAnswer(new ApiProblem(500, 'Internal Server Error'), arrival.path);
  }
}

function problemAnswer(problem: ApiProblem, path: string): Answer {
  const headers = { 'content-type': 'application/problem+json' };
  return { status: problem.status, headers, body: problemBody(problem, path) };
}

type Faulty = { answer: () => Answer; path: string; schedule: Schedule };

async function withFault(
  fault: Fault,
  { answer, path, schedule }: Faulty,
): Promise<Answer | 'silence' | 'cut'> {
  const { mode = 'status' } = fault;
  switch (mode) {
    case 'status':
      await fault.until;
      return faultAnswer(fault, path);
    case 'status-after-effect':
      answer();
      return faultAnswer(fault, path);
    case 'hang':
      return 'silence';
    case 'hang-after-effect':
      answer();
      return 'silence';
    case 'cut':
      return 'cut';
    case 'cut-after-effect':
      answer();
      return 'cut';
    case 'delay': {
      const { promise: due, resolve } = Promise.withResolvers<void>();
      if (fault.until === undefined) schedule(resolve, fault.delayMs ?? 0);
      await (fault.until ?? due);
      return answer();
    }
  }
}

function faultAnswer({ status = 500, problem = {}, retryAfter }: Fault, path: string): Answer {
  const { headers, body } = problemAnswer(new ApiProblem(status, 'Simulated failure'), path);
  return {
    status,
    headers: { ...headers, ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }) },
    body: Object.assign({}, body, problem),
  };
}

function send(res: ServerResponse, { status, headers, body }: Answer): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers });
  if (body === undefined) res.end();
  else res.end(body instanceof Uint8Array ? body : JSON.stringify(body));
}
