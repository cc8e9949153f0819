import { isSaid } from '../store/request-row.ts';
import type { Step } from './context.ts';
import { identify } from './identify.ts';
import { writePrompt } from './prepare.ts';
import { send } from './send.ts';

/**
 * accepted -> held if a message asked for it, or ready, or refused. A task without context or files is sent at once: nothing
 * has to be saved before that.
 */
export const begin: Step = async (c, request, run) => {
  const { changes, approved } = await identify(c, request);
  const { undoMs, now } = c.tuning;
  // Whoever restarted it has seen it already.
  if (approved !== null && undoMs > 0 && isSaid(request) && request.resumedAt === null)
    return { to: 'held', changes: { ...changes, heldUntil: new Date(now() + undoMs) } };
  if (approved === null || request.context !== null || request.slackFileIds.length > 0)
    return { to: 'ready', changes };
  const prompt = await writePrompt(c, { ...request, ...changes });
  const bare = { prompt, uploads: { urls: [], leftOut: [] } };
  return send(c, request, { ...run, identified: { changes: { ...changes, ...bare }, approved } });
};

/** held -> ready, once nobody canceled it in time. */
export const untilUndoIsOver: Step = async ({ tuning }, { heldUntil }) => {
  const afterMs = (heldUntil?.getTime() ?? 0) - tuning.now();
  return Promise.resolve(afterMs > 0 ? { to: 'held', afterMs } : { to: 'ready' });
};
