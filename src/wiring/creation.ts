import { randomUUID } from 'node:crypto';
import { createAttachStep } from '../create/attach.ts';
import { createEnd } from '../create/end.ts';
import { createIdentifyAgain, createIdentifyStep } from '../create/identify.ts';
import { createSessionCreator } from '../create/run.ts';
import { createSendStep } from '../create/send.ts';
import { createSettleStep } from '../create/settle.ts';
import type { FindSession } from '../create/find-session.ts';
import { createFormDescriber } from '../forms/describe-form.ts';
import { createContextReviewer } from '../forms/review-context.ts';
import { createHomeRedrawer } from '../home/redraw-home.ts';
import { createResumer } from '../create/resume.ts';
import { createSweep } from '../create/sweep.ts';
import type { Sweep } from '../create/sweep.ts';
import { createTeller } from '../create/tell-person.ts';
import { createCardUpdater } from '../cards/index.ts';
import { en } from '../text/index.ts';
import type { Parts } from './parts.ts';
import { createSessionFinder } from './session-finder.ts';

/** Each may wait for Devin for as long as a POST takes: the bound is what a process can hold. */
const CREATIONS = { concurrency: 20, most: 300 };
const CARDS = { concurrency: 8 };

/** From a request that was written down to a session with a card. */
export function createCreation(parts: Parts): Sweep {
  const { settings, queue, store, resolver, slack, transitions, adopt } = parts;
  const { forms } = store;
  const { log } = settings;
  const { enqueue } = queue;
  const { outbound, thread } = slack;
  const findSession = createSessionFinder(parts).one;
  const create = createSessionCreator({
    requests: store.requests,
    enqueue,
    owner: randomUUID(),
    leaseMs: settings.leaseMs,
    now: settings.now,
    steps: createSteps(parts, findSession),
  });
  const cards = createCardUpdater({
    ...store,
    ...settings,
    drawCard: parts.drawCard,
    outbound,
    withLease: parts.withLease,
    postOnce: parts.postOnce,
    enqueue,
    redrawHome: createHomeRedrawer({ ...store, ...settings, enqueue }),
  });
  const tell = createTeller({ ...store, outbound, text: en });
  const describe = createFormDescriber({ forms, resolver, thread, outbound, text: en, log });
  const review = createContextReviewer({ forms, thread, outbound, text: en });
  const resume = createResumer({ ...store, ...settings, findSession, adopt, transitions });
  queue.work('create-session', async ({ requestId }, { signal }) => create(requestId, signal), CREATIONS);
  queue.work('update-card', async ({ requestId }, { signal }) => cards.update(requestId, signal), CARDS);
  queue.work('serve-cards', async ({ teamId }, { signal }) => cards.serve(teamId, signal), CARDS);
  queue.work('tell-person', async ({ requestId, notice }) => tell(requestId, notice), { concurrency: 4 });
  queue.work('describe-form', async ({ formId, viewId }) => describe(formId, viewId), { concurrency: 4 });
  queue.work('review-context', async ({ viewId, ...metadata }) => review(viewId, metadata), {
    concurrency: 4,
  });
  queue.work('resume', async ({ requestId, how }) => resume(requestId, how), { concurrency: 4, most: 50 });
  return createSweep({ ...store, enqueue, times: settings.sweepTimes, log });
}

function createSteps(parts: Parts, findSession: FindSession) {
  const { config, settings, store, devin, slack, resolver, transitions, adopt } = parts;
  const { now } = settings;
  const { thread } = slack;
  const end = createEnd(transitions, store.envelopes);
  return {
    accepted: createIdentifyStep({ resolver, presence: slack.presence, transitions, end, now }),
    identified: createAttachStep({
      thread,
      nameMentions: slack.nameMentions,
      files: slack.files,
      upload: devin.attachments.upload,
      transitions,
      end,
      now,
    }),
    attached: createSendStep({
      createSession: devin.sessions.create,
      devinTime: async () => devin.time().catch(() => null),
      limiter: parts.limiter,
      identify: createIdentifyAgain({ resolver, transitions, end, now }),
      envelopes: store.envelopes,
      tagRequests: config.requestTag,
      transitions,
      adopt,
      end,
      now,
    }),
    sending: createSettleStep({ findSession, adopt, transitions, searchUntilFound: parts.searchUntilFound }),
  };
}
