import type { ResolveIdentity } from '../identity/resolve.ts';
import type { Log } from '../log.ts';
import type { Queue } from '../queue/index.ts';
import type { Slack } from '../slack/slack.ts';
import type { Store } from '../store/store.ts';
import type { Gate } from '../trust/index.ts';
import { createFormDescriber } from './describe-form.ts';
import { createContextReviewer } from './review-context.ts';

type FormsDeps = {
  queue: Pick<Queue, 'work'>;
  store: Pick<Store, 'forms'>;
  slack: Pick<Slack, 'thread' | 'outbound' | 'textFor'>;
  resolve: ResolveIdentity;
  gate: Pick<Gate, 'choicesFor'>;
  log: Log;
};

const SOME = { concurrency: 4 };

/** What takes too long to be in a form when it opens. */
export function createForms({ queue, store, slack, resolve, gate, log }: FormsDeps): void {
  const { forms } = store;
  const { thread, outbound, textFor } = slack;
  const describe = createFormDescriber({ forms, resolve, thread, gate, outbound, textFor, log });
  const review = createContextReviewer({ forms, thread, outbound, textFor });
  queue.work('describe-form', async ({ formId, viewId }) => describe(formId, viewId), SOME);
  queue.work('review-context', async ({ viewId, ...metadata }) => review(viewId, metadata), SOME);
}
