import {
  pendingApproval,
  withApproval,
  type Approval,
  type UnapprovedEnd,
  type Voter,
} from '../session/approval.ts';
import type { LeftOut, Material } from '../session/context.ts';
import type { SlackFiles } from '../slack/edge/files.ts';
import { askedAt, type SessionRequest } from '../store/request-row.ts';
import type { ApprovalNeeded, ApproversOf, Gate } from '../trust/index.ts';
import { hashFile } from './hand-over.ts';
import type { Flow, Run, StepOutcome } from './run.ts';
import type { Onward, Transitions } from './transitions.ts';

type Ending = { kind: UnapprovedEnd; by?: Voter | null; reason?: string | null; atMs: number };

/** Ends a request without a session: its approval was refused, came too late, or is for something else by now. */
export function endUnapproved(
  { approvals }: SessionRequest,
  approval: Approval,
  { kind, by = null, reason = null, atMs }: Ending,
): Onward {
  const end = { kind, by, reason, atMs };
  const failure = { kind: 'approval', end: kind, rule: approval.rule, by, reason } as const;
  const changes = { failure, approvals: withApproval(approvals, approval, { ...approval, end }) };
  return { to: 'failed', changes, effects: { card: 'now', outcome: true } };
}

type Expiring = { transitions: Pick<Transitions, 'moveLocked'>; now: () => number };

/** Ends a request for which nobody has decided in time; false: there is time left. */
export async function expireApproval({ transitions, now }: Expiring, requestId: string): Promise<boolean> {
  return transitions.moveLocked(requestId, (locked) => {
    const pending = pendingApproval(locked);
    const untilMs = locked.approvalUntil?.getTime() ?? Infinity;
    if (pending === null || untilMs > now()) return null;
    return endUnapproved(locked, pending.approval, { kind: 'expired', atMs: now() });
  });
}

type AskDeps = {
  gate: Pick<Gate, 'judge'>;
  approversOf: ApproversOf;
  files: Pick<SlackFiles, 'open'>;
  flow: Flow;
  now: () => number;
};

/** `prompt`: as it would be sent now. */
type ToSend = { material: Material; prompt: () => Promise<string> };

/** null: no approval is needed. */
export type AskApproval = (run: Run, toSend: ToSend) => Promise<StepOutcome | null>;

/**
 * identified -> awaiting-approval, if the policy wants an approval that the request doesn't have. What would be sent is
 * fixed from here on, files by the hash of their bytes, and nothing has been uploaded yet.
 */
export function createAskApproval(deps: AskDeps): AskApproval {
  const { gate, flow } = deps;

  async function ask(run: Run, needed: ApprovalNeeded, toSend: Omit<ToSend, 'prompt'> & { prompt: string }) {
    const { request } = run;
    const { asks, draft, fingerprint, policy } = needed;
    const { rule, say, need, budget, most, hurdle, expiresMs: expiresInMs } = asks;
    const people = await deps.approversOf(asks, request);
    if (people.length < need)
      return flow.end(run, { kind: 'policy', hurdles: [hurdle], lacksApprovers: true });
    const about = { ...(budget !== null && { budget }), ...(most !== undefined && { most }) };
    const approval = { rule, say, need, people, fingerprint, policy, ...about, yes: [], end: null };
    const changes = { draft, ...toSend, approvals: [...request.approvals, approval] };
    return flow.advance(run, { to: 'awaiting-approval', changes, expiresInMs, effects: { card: 'now' } });
  }

  /** Files are read only if somebody has to approve them. */
  async function judged(run: Run, toSend: ToSend, isHashed = false): Promise<StepOutcome | null> {
    const { material, prompt } = toSend;
    const verdict = await gate.judge({ ...run.request, material });
    if (verdict.kind === 'allowed') return null;
    if (verdict.kind === 'refused') return flow.end(run, verdict.failure);
    if (verdict.kind === 'changed') return flow.endApproval(run, verdict);
    if (isHashed) return ask(run, verdict, { material, prompt: await prompt() });
    return judged(run, { prompt, material: await withHashes(deps, run, material) }, true);
  }

  return async (run, toSend) => judged(run, toSend).catch(async (error) => flow.afterLookup(run, error));
}

/** A file that can't be read now isn't sent later, either. */
async function withHashes(deps: AskDeps, { request, signal }: Run, material: Material): Promise<Material> {
  const files: Material['files'] = [];
  const leftOut: LeftOut[] = [...material.leftOut];
  for (const file of material.files) {
    const read = await hashFile(deps, file, { askedAt: askedAt(request), signal });
    if (read.kind === 'hashed') files.push({ ...file, sha256: read.sha256 });
    else leftOut.push(read.leftOut);
  }
  return { ...material, files, leftOut };
}
