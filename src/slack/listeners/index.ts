import type { ViewSubmitAction } from '@slack/bolt';
import type { EnqueueAll } from '../../queue/index.ts';
import type { RequestState } from '../../session/request.ts';
import type { Text } from '../../text/index.ts';
import { createInOrder, inTime } from '../../time.ts';
import { RefusedError } from '../authority.ts';
import {
  LOOKUP_ACTION,
  OutdatedError,
  SHORTCUT_ID,
  withoutNumber,
  type ActionId,
  type SubmittedView,
} from '../edge/ids.ts';
import { type Payload, type PayloadOf, readPayload } from '../edge/payload.ts';
import type { Slack } from '../edge/slack.ts';
import { createSaveRequest } from '../inbox/requests.ts';
import { keyRefused, notice } from '../views/notices.ts';
import { unescape } from '../views/text.ts';
import { CARD_PRESSES, CARD_SUBMISSIONS } from './cards.ts';
import { COMMAND_PRESSES, hearCommand, notDone } from './commands.ts';
import { SETTINGS_PRESSES, SETTINGS_SUBMISSIONS } from './commands/settings.ts';
import { quick, type ListenersContext, type OnPress, type OnSubmit } from './context.ts';
import { FORM_PRESSES, FORM_SUBMISSIONS, openFromShortcut, stillOpen, suggestionsFor } from './forms.ts';
import { hear } from './messages.ts';
import { hearWorkspace, WORKSPACE_PRESSES } from './workspace.ts';

/** Slack allows 3 s for an answer; these are parts of it: who a person is, then whether they are in a conversation. */
const IDENTITY_MS = 1200;
const PRESENCE_MS = 700;

const PRESSES: Readonly<Record<ActionId, OnPress>> = {
  ...CARD_PRESSES,
  ...COMMAND_PRESSES,
  ...FORM_PRESSES,
  ...SETTINGS_PRESSES,
  ...WORKSPACE_PRESSES,
};
const SUBMISSIONS: Readonly<Record<SubmittedView, OnSubmit>> = {
  ...CARD_SUBMISSIONS,
  ...FORM_SUBMISSIONS,
  ...SETTINGS_SUBMISSIONS,
};
const PRESS_OF = new Map(Object.entries(PRESSES));
const SUBMISSION_OF = new Map(Object.entries(SUBMISSIONS));

/** Everything that Slack sends. A listener saves what was asked for and answers Slack; jobs do the rest. */
export function createListeners(
  given: Omit<ListenersContext, 'saveRequest' | 'inOrder' | 'lookUp' | 'presence' | 'textFor'> & {
    slack: Pick<Slack, 'bolt' | 'presence' | 'textFor'>;
    enqueueAll: EnqueueAll;
    onMoved: (state: RequestState) => void;
  },
): void {
  const { slack, resolve, log } = given;
  const { app } = slack.bolt;
  const c: ListenersContext = {
    ...given,
    saveRequest: createSaveRequest(given),
    inOrder: createInOrder(),
    lookUp: async (person) => {
      const asking = resolve(person).catch(keyRefused);
      return inTime(asking, { withinMs: IDENTITY_MS, otherwise: null, what: 'who a person is', log });
    },
    presence: async (asked) =>
      inTime(slack.presence(asked), {
        withinMs: PRESENCE_MS,
        otherwise: null,
        what: 'who is in a conversation',
        log,
      }),
    textFor: slack.textFor,
  };

  // Whatever its name is.
  app.command(/./, async ({ body, ack }) => {
    const command = payloadOf(body, 'command');
    if (command !== null) await hearCommand(c, command, ack);
  });

  app.shortcut({ callback_id: SHORTCUT_ID, type: 'message_action' }, async ({ body, ack }) => {
    const shortcut = payloadOf(body, 'shortcut');
    if (shortcut !== null) await openFromShortcut(c, shortcut, async () => ack());
  });

  app.options(LOOKUP_ACTION, async ({ body, ack }) => {
    const search = payloadOf(body, 'search');
    if (search !== null) await ack({ options: await suggestionsFor(c, search) });
  });

  // Acknowledged once everything is saved: see `bolt.ts`.
  app.event(/./, async ({ body, context }) => {
    const event = readPayload(body);
    if (event.kind !== 'message' && event.kind !== 'edit' && event.kind !== 'deletion')
      return hearWorkspace(c, event);
    // Over the socket, the first delivery is number 0.
    return hear(c, event, (context.retryNum ?? 0) > 0);
  });

  app.action({ action_id: /./, type: 'block_actions' }, async ({ body, ack }) => {
    const press = payloadOf(body, 'press');
    if (press === null) return;
    const { isQuick, handle } = PRESS_OF.get(withoutNumber(press.actionId)) ?? OUTDATED;
    if (isQuick) await ack();
    try {
      await handle(c, press);
    } catch (error) {
      const refusal = refusalIn(error, await c.textFor(press.userId));
      if (refusal === null) throw error;
      await c.slack.outbound.tellPrivately(press, notice([refusal]));
    }
    if (!isQuick) await ack();
  });

  app.view<ViewSubmitAction>({ callback_id: /./, type: 'view_submission' }, async ({ body, ack }) => {
    const submission = payloadOf(body, 'submission');
    if (submission === null) return;
    const { view, userId } = submission;
    try {
      const onSubmit = SUBMISSION_OF.get(view.callbackId);
      if (onSubmit === undefined) throw new OutdatedError();
      const errors = await onSubmit(c, submission);
      await (Object.keys(errors).length === 0 ? ack() : ack({ response_action: 'errors', errors }));
    } catch (error) {
      const text = await c.textFor(userId);
      const refusal = refusalIn(error, text);
      const sentence = refusal === null ? notDone(error, text).problem : unescape(refusal);
      const update = { response_action: 'update', view: stillOpen(view, sentence, text) } as const;
      await ack(update).catch(() => undefined);
      if (refusal === null) throw error;
    }
  });
}

const OUTDATED = quick(async () => Promise.reject(new OutdatedError()));

/** What the person is told, escaped; null: it failed. */
function refusalIn(error: unknown, { modal }: Text): string | null {
  if (error instanceof OutdatedError) return modal.outdated;
  return error instanceof RefusedError ? error.sentences.join('\n') : null;
}

/** null: another kind. */
function payloadOf<Kind extends Payload['kind']>(body: unknown, kind: Kind): PayloadOf<Kind> | null {
  const payload = readPayload(body);
  return isOf(payload, kind) ? payload : null;
}

function isOf<Kind extends Payload['kind']>(payload: Payload, kind: Kind): payload is PayloadOf<Kind> {
  return payload.kind === kind;
}
