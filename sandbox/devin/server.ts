import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { waitFirst } from '../faults.ts';
import { describeBody, readBody } from './body.ts';
import type { Fault, Faults } from './faults.ts';
import type { Arrival } from './gate.ts';
import type { Journal } from './journal.ts';
import { ApiProblem, problemBody } from './problem.ts';
import type { Answer } from './routes/route.ts';
import { readQuery } from './validation.ts';

type ServerDeps = {
  faults: Faults;
  journal: Journal;
  maxUploadBytes: number;
  now: () => number;
  answer: (arrival: Arrival) => Answer;
};

export function serve(server: Server, deps: ServerDeps): void {
  server.on('request', (req, res) => {
    // A connection that breaks while its body is read is the caller's business.
    handle(req, res, deps).catch(() => res.destroy());
  });
}

async function handle(req: IncomingMessage, res: ServerResponse, deps: ServerDeps): Promise<void> {
  const { pathname: path, searchParams } = new URL(req.url ?? '/', 'http://devin');
  const { method = 'GET', headers } = req;
  const query = readQuery(searchParams);
  const body = await readBody(req, deps.maxUploadBytes);
  const answered = deps.journal.record({ method, path, query, body: describeBody(body), headers });
  const fault = deps.faults.take(method, path);
  const answer = () => safely({ method, path, query, body, authorization: headers.authorization }, deps);
  const outcome = fault === null ? answer() : await withFault(fault, { answer, path });
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

type Faulty = { answer: () => Answer; path: string };

async function withFault(fault: Fault, { answer, path }: Faulty): Promise<Answer | 'silence' | 'cut'> {
  const { mode = 'status' } = fault;
  await waitFirst(fault);
  if (mode === 'delay') return answer();
  if (mode.endsWith('-after-effect')) answer();
  if (mode.startsWith('hang')) return 'silence';
  return mode.startsWith('cut') ? 'cut' : faultAnswer(fault, path);
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
