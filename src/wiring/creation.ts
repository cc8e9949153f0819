import { randomUUID } from 'node:crypto';
import { createAttachStep } from '../jobs/create-session/attach.ts';
import { createEnd } from '../jobs/create-session/end.ts';
import { createIdentifyStep } from '../jobs/create-session/identify.ts';
import { createPostCardStep } from '../jobs/create-session/post-card.ts';
import { createSessionCreator } from '../jobs/create-session/run.ts';
import { createSendStep } from '../jobs/create-session/send.ts';
import { createSettleStep } from '../jobs/create-session/settle.ts';
import type { FindSession } from '../jobs/create-session/find-session.ts';
import { createFormDescriber } from '../jobs/describe-form.ts';
import { createContextReviewer } from '../jobs/review-context.ts';
import { createHomeRedrawer } from '../jobs/redraw-home.ts';
import { createResumer } from '../jobs/resume.ts';
import { createSweep } from '../jobs/sweep.ts';
import type { Sweep } from '../jobs/sweep.ts';
import { createTeller } from '../jobs/tell-person.ts';
import { createCardUpdater } from '../jobs/update-card.ts';
import { en } from '../text/index.ts';
import type { Parts } from './parts.ts';
import { createSessionFinder } from './session-finder.ts';

const REQUESTS_AT_A_TIME = 20;

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
    steps: createSteps(parts, findSession),
  });
  const updateCard = createCardUpdater({
    ...store,
    ...settings,
    drawCard: parts.drawCard,
    outbound,
    oneAtATime: parts.oneAtATime,
    enqueue,
    redrawHome: createHomeRedrawer({ ...store, ...settings, enqueue }),
  });
  const tell = createTeller({ ...store, outbound, text: en });
  const describe = createFormDescriber({ forms, resolver, thread, outbound, text: en, log });
  const review = createContextReviewer({ forms, thread, outbound, text: en });
  const resume = createResumer({ ...store, ...settings, findSession, adopt, transitions });
  const many = { concurrency: REQUESTS_AT_A_TIME };
  queue.work('create-session', async ({ requestId }, { signal }) => create(requestId, signal), many);
  queue.work('update-card', async ({ requestId }) => updateCard(requestId), { concurrency: 4 });
  queue.work('tell-person', async ({ requestId, notice }) => tell(requestId, notice), { concurrency: 4 });
  queue.work('describe-form', async ({ formId, viewId }) => describe(formId, viewId), { concurrency: 4 });
  queue.work('review-context', async ({ viewId, ...metadata }) => review(viewId, metadata), {
    concurrency: 4,
  });
  queue.work('resume', async ({ requestId, how }) => resume(requestId, how), { concurrency: 4 });
  return createSweep({ ...store, enqueue, times: settings.sweepTimes, log });
}

function createSteps(parts: Parts, findSession: FindSession) {
  const { config, settings, queue, store, devin, slack, resolver, transitions, adopt, drawCard } = parts;
  const { log, now } = settings;
  const { outbound, thread } = slack;
  const end = createEnd(transitions, store.envelopes);
  const showSending = (requestId: string): void => {
    queue.enqueue('update-card', { requestId }, { key: requestId }).catch((error: unknown) => {
      log.warn({ err: error, requestId }, 'a card could not be brought up to date');
    });
  };
  return {
    accepted: createIdentifyStep({ resolver, presence: slack.presence, transitions, end, now }),
    identified: createPostCardStep({ outbound, drawCard, transitions, end, now }),
    carded: createAttachStep({
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
      envelopes: store.envelopes,
      tagRequests: config.requestTag,
      transitions,
      adopt,
      showSending,
      end,
      now,
    }),
    sending: createSettleStep({ findSession, adopt, transitions, searchUntilFound: parts.searchUntilFound }),
  };
}
