import type { Approval, AskedFor } from '../session/approval.ts';
import { askedFor } from '../slack/approval-view.ts';
import type { Material } from '../store/request-row.ts';
import type { ApproversOf, Gate, Verdict } from '../trust/index.ts';
import { nextOrLeave } from './step.ts';
import type { EndRequest, Run, StepOutcome } from './step.ts';
import type { Transitions } from './transitions.ts';

type AskDeps = {
  judge: Gate['judge'];
  approversOf: ApproversOf;
  transitions: Transitions;
  end: EndRequest;
};

/** `prompt`: as it would be sent. */
type ToSend = { material: Material; prompt: () => Promise<string> };

/** null: nobody has to be asked. */
export type AskApproval = (run: Run, toSend: ToSend) => Promise<StepOutcome | null>;

/**
 * identified -> awaiting-approval, if the policy wants one that the request doesn't have. What would be sent is fixed
 * from here on, and no file has left yet.
 */
export function createAskApproval(deps: AskDeps): AskApproval {
  const { judge, transitions, end } = deps;

  async function ask(run: Run, verdict: Asked, { material, prompt }: ToSend): Promise<StepOutcome> {
    const { request, lease } = run;
    const { asks, draft } = verdict;
    const sent = { draft, material, prompt: await prompt() };
    const approval = await approvalFor(deps, run, { ...verdict, asked: askedFor({ ...request, ...sent }) });
    if (approval === null)
      return end(run, { kind: 'policy', rule: asks.rule, say: asks.say, lacksApprovers: true });
    const changes = { ...sent, approvals: [...request.approvals, approval], waiting: null };
    const { id } = request;
    const { expiresMs: expiresInMs } = asks;
    return nextOrLeave(
      await transitions.move(
        { id, from: 'identified', to: 'awaiting-approval', changes, expiresInMs },
        { card: true },
        { lease },
      ),
    );
  }

  return async (run, toSend) => {
    const verdict = await judge({ ...run.request, material: toSend.material });
    if (verdict.kind === 'allowed') return null;
    return verdict.kind === 'refused' ? end(run, verdict.failure) : ask(run, verdict, toSend);
  };
}

type Asked = Extract<Verdict, { kind: 'approval' }>;

/** null: too few people can be asked. */
async function approvalFor(
  { approversOf }: Pick<AskDeps, 'approversOf'>,
  { request }: Run,
  { asks, fingerprint, asked }: Asked & { asked: AskedFor },
): Promise<Approval | null> {
  const { rule, say, need, budget } = asks;
  const { people, more } = await approversOf(asks.approvers, request.userId);
  if (people.length + more < need || people.length === 0) return null;
  const about = budget === null ? {} : { budget };
  return { rule, say, need, people, more, fingerprint, ...about, asked, yes: [], end: null };
}
