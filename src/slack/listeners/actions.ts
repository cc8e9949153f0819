import type { App } from '@slack/bolt';
import type { Enqueue, Resumption } from '../../queue/index.ts';
import type { SessionRequest } from '../../store/request-row.ts';
import type { Requests } from '../../store/requests.ts';
import type { Sessions } from '../../store/sessions.ts';
import type { Authority } from '../authority.ts';
import { renderDetails } from '../blocks/details.ts';
import { detailsView } from '../details-view.ts';
import type { FormInbox } from '../form-inbox.ts';
import { ACTION } from '../ids.ts';
import type { Press } from '../interaction-payload.ts';
import type { Outbound } from '../outbound.ts';
import { privatePlace } from '../places.ts';
import type { TextFor } from '../text-for.ts';
import type { FormOpener, ViewOpener } from '../view-opener.ts';
import { createPressed, openingOf } from './press.ts';
import { onButton } from './routes.ts';

type ActionDeps = {
  requests: Pick<Requests, 'find'>;
  sessions: Pick<Sessions, 'ofRequest' | 'touch'>;
  formInbox: Pick<FormInbox, 'offerAgain'>;
  authority: Authority;
  openForm: FormOpener;
  openView: ViewOpener;
  outbound: Pick<Outbound, 'tellPrivately'>;
  enqueue: Enqueue;
  tagRequests: boolean;
  textFor: TextFor;
};

/** Buttons that resume a request, and how. */
const RESUMPTIONS = [
  [ACTION.tryAgain, 'try-again'],
  [ACTION.checkAgain, 'check-again'],
  [ACTION.startAnyway, 'start-anyway'],
] as const satisfies [string, Resumption][];

/** Buttons of a card that show something, retry, or start another session. */
export function listenToActions(app: App, deps: ActionDeps): void {
  const { sessions, formInbox, authority, openForm, openView, enqueue, tagRequests, textFor } = deps;
  const pressed = createPressed(deps);

  /** Only the requester may do what costs money. */
  const byRequester = async (press: Press): Promise<SessionRequest | null> =>
    pressed.byPerson(press, async (request, userId) =>
      request.userId === userId ? null : (await textFor(userId)).notices.notYourButton(request.userId),
    );

  const byReader = async (press: Press): Promise<SessionRequest | null> =>
    pressed.byPerson(press, authority.readingRefusal);

  // The browser opens the link; Slack only needs the click acknowledged.
  for (const actionId of [ACTION.openSession, ACTION.openPullRequest])
    onButton(app, actionId, async () => Promise.resolve());

  onButton(app, ACTION.details, async (press) => {
    const request = await byReader(press);
    if (request === null) return;
    const session = await sessions.ofRequest(request.id);
    const text = await textFor(press.userId);
    const details = detailsView({ request, session, tagRequests }, text);
    await openView(press.triggerId, renderDetails(details, text), openingOf(press, 'details'));
  });

  const reopen = async (press: Press, request: SessionRequest | null): Promise<void> => {
    if (request !== null)
      await openForm(press.triggerId, await formInbox.offerAgain(privatePlace(press), request));
  };

  onButton(app, ACTION.editAndTryAgain, async (press) => reopen(press, await byRequester(press)));
  // A session of their own: they must be able to read what was asked for.
  onButton(app, ACTION.startAgain, async (press) => reopen(press, await byReader(press)));
  onButton(app, ACTION.raiseCap, async (press) => {
    const request = await byReader(press);
    await reopen(press, request && withHigherCap(request));
  });

  for (const [actionId, how] of RESUMPTIONS) {
    onButton(app, actionId, async (press) => {
      const request = await byRequester(press);
      if (request === null) return;
      const { id: requestId, resumedAt } = request;
      await enqueue('resume', { requestId, how, resumedAtMs: resumedAt?.getTime() ?? null });
    });
  }
}

/** A session that stopped at its cap needs about as much again. */
function withHigherCap(request: SessionRequest): SessionRequest {
  const { values, sources } = request.draft;
  const { max_acu_limit: cap } = values;
  if (cap === undefined) return request;
  const raised = {
    ...request.draft,
    sources: { ...sources, max_acu_limit: 'request' as const },
    values: { ...values, max_acu_limit: cap * 2 },
  };
  return { ...request, draft: raised };
}
