import type { App } from '@slack/bolt';
import type { Enqueue, Resumption } from '../../queue/index.ts';
import { hiddenValues } from '../../session/defaults.ts';
import type { Forms } from '../../store/forms.ts';
import type { SessionRequest } from '../../store/request-row.ts';
import type { Requests } from '../../store/requests.ts';
import type { Sessions } from '../../store/sessions.ts';
import type { Authority } from '../authority.ts';
import { renderDetails } from '../blocks/details.ts';
import { notice } from '../blocks/notices.ts';
import { draftFromState, renderSessionForm } from '../blocks/session-form.ts';
import { detailsView } from '../details-view.ts';
import { formView } from '../form-view.ts';
import { ACTION, readFormMetadata } from '../ids.ts';
import type { Intake } from '../intake.ts';
import type { Outbound } from '../outbound.ts';
import type { TextFor } from '../text-for.ts';
import type { FormOpener, ViewOpener } from '../view-opener.ts';
import { createPressed, onButton, openingOf, privatePlace } from './press.ts';
import type { Press } from './press.ts';

export type ActionDeps = {
  requests: Pick<Requests, 'find'>;
  sessions: Pick<Sessions, 'ofRequest' | 'touch'>;
  forms: Pick<Forms, 'find' | 'expand'>;
  intake: Intake;
  authority: Authority;
  openForm: FormOpener;
  openView: ViewOpener;
  outbound: Pick<Outbound, 'updateView' | 'tellPrivately'>;
  enqueue: Enqueue;
  /** Off where the organization enforces its own tags. */
  tagRequests: boolean;
  textFor: TextFor;
};

/** Buttons that take a request up again, and what each asks for. */
const RESUMPTIONS = [
  [ACTION.tryAgain, 'try-again'],
  [ACTION.checkAgain, 'check-again'],
  [ACTION.startAnyway, 'start-anyway'],
] as const satisfies [string, Resumption][];

export function listenToActions(app: App, deps: ActionDeps): void {
  listenInForms(app, deps);
  listenOnCards(app, deps);
}

function listenInForms(app: App, { forms, intake, openForm, outbound, textFor }: ActionDeps): void {
  app.action({ action_id: ACTION.openForm, type: 'block_actions' }, async ({ ack, body, action }) => {
    await ack();
    const form = action.type === 'button' ? await forms.find(action.value ?? '') : null;
    if (form === null || form.userId !== body.user.id) return;
    if (form.teamId === body.user.team_id) {
      if (body.response_url) await intake.openedFrom(form, body.response_url);
      return openForm(body.trigger_id, form);
    }
    // Its defaults, and what can be picked in it, are for people of the workspace.
    const { steering } = await textFor(body.user.id);
    await outbound.tellPrivately(privatePlace(body), notice([steering.outsider]));
  });

  app.action({ action_id: ACTION.moreOptions, type: 'block_actions' }, async ({ ack, body }) => {
    await ack();
    const { view } = body;
    const form = view === undefined ? null : await forms.find(readFormMetadata(view.private_metadata).formId);
    if (view === undefined || form === null) return;
    await forms.expand(form.id);
    // What the form was filled in with and did not show so far, and what is in its inputs now.
    const typed = { ...hiddenValues(form.draft.values), ...draftFromState(view.state.values) };
    const text = await textFor(body.user.id);
    const drawn = renderSessionForm(formView({ ...form, expanded: true }, text, typed), text);
    await outbound.updateView(view.id, drawn);
  });
}

function listenOnCards(app: App, deps: ActionDeps): void {
  const { sessions, intake, authority, openForm, openView, enqueue, tagRequests, textFor } = deps;
  const pressed = createPressed(deps);

  /** What costs money is for the person who asked. */
  const byRequester = async (press: Press): Promise<SessionRequest | null> =>
    pressed.byPerson(press, async (request, { userId }) =>
      request.userId === userId ? null : (await textFor(userId)).notices.notYourButton(request.userId),
    );

  // The link opens in the browser by itself; Slack only wants the click acknowledged.
  for (const actionId of [ACTION.openSession, ACTION.openPullRequest])
    onButton(app, actionId, async () => Promise.resolve());

  onButton(app, ACTION.details, async (press) => {
    const request = await pressed.byPerson(press, async (asked, { userId }) =>
      authority.readingRefusal(asked, userId),
    );
    if (request === null) return;
    const session = await sessions.ofRequest(request.id);
    const text = await textFor(press.body.user.id);
    const details = detailsView({ request, session, tagRequests }, text);
    await openView(press.body.trigger_id, renderDetails(details, text), openingOf(press, 'details'));
  });

  onButton(app, ACTION.editAndTryAgain, async (press) => {
    const request = await byRequester(press);
    if (request === null) return;
    await openForm(press.body.trigger_id, await intake.offerAgain(privatePlace(press.body), request));
  });

  for (const [actionId, how] of RESUMPTIONS) {
    onButton(app, actionId, async (press) => {
      const request = await byRequester(press);
      if (request !== null) await enqueue('resume', { requestId: request.id, how }, { key: request.id });
    });
  }
}
