import type { App } from '@slack/bolt';
import type { EnqueueAll } from '../../queue/index.ts';
import type { RequestState } from '../../session/request.ts';
import { createInTime } from '../../time.ts';
import { isKnownAction, OutdatedError } from '../edge/ids.ts';
import { readPayload } from '../edge/payload.ts';
import { privatePlace } from '../edge/places.ts';
import type { Slack } from '../edge/slack.ts';
import { createSaveRequest } from '../inbox/requests.ts';
import { keyRefused, notice } from '../views/notices.ts';
import { listenToCards } from './cards.ts';
import { listenToCommands } from './commands.ts';
import { listenToSettings } from './commands/settings.ts';
import type { ListenersContext } from './context.ts';
import { listenToForms, stillOpen } from './forms.ts';
import { listenToMessages } from './messages.ts';
import { listenToWorkspace } from './workspace.ts';

/** Slack allows 3 s for an answer; these are parts of it: who a person is, then whether they are in a conversation. */
const IDENTITY_MS = 1200;
const PRESENCE_MS = 700;

/** Everything that Slack sends. A listener saves what was asked for and answers Slack; jobs do the rest. */
export function createListeners(
  given: Omit<ListenersContext, 'saveRequest' | 'inTime' | 'lookUp' | 'presence' | 'textFor'> & {
    slack: Pick<Slack, 'bolt' | 'presence' | 'textFor'>;
    enqueueAll: EnqueueAll;
    onMoved: (state: RequestState) => void;
  },
): void {
  const { slack, resolve, log } = given;
  const { app } = slack.bolt;
  const inTime = createInTime(log);
  const c: ListenersContext = {
    ...given,
    saveRequest: createSaveRequest(given),
    inTime,
    lookUp: async (person) => {
      const asking = resolve(person).catch(keyRefused);
      return inTime(asking, { withinMs: IDENTITY_MS, otherwise: null, what: 'who a person is' });
    },
    presence: async (asked) =>
      inTime(slack.presence(asked), {
        withinMs: PRESENCE_MS,
        otherwise: null,
        what: 'who is in a conversation',
      }),
    textFor: slack.textFor,
  };
  listenToOutdated(app, c);
  listenToCommands(app, c);
  listenToCards(app, c);
  listenToMessages(app, c);
  listenToForms(app, c);
  listenToSettings(app, c);
  listenToWorkspace(app, c);
}

/** Buttons and views that another version of the app made, or whose form is gone: the person is told to open them again. */
function listenToOutdated(app: App, c: ListenersContext): void {
  app.use(async (args) => {
    try {
      if (args.body.type === 'block_actions') refuseUnknown(args.body);
      await args.next();
    } catch (error) {
      if (!(error instanceof OutdatedError)) throw error;
      const payload = readPayload(args.body);
      if ('view' in args && payload.kind === 'submission') {
        const text = await c.textFor(payload.userId);
        const view = stillOpen(payload.view, text.modal.outdated, text);
        await args.ack({ response_action: 'update', view });
      }
      if ('action' in args && payload.kind === 'press') {
        await args.ack();
        const { modal } = await c.textFor(payload.userId);
        await c.slack.outbound.tellPrivately(privatePlace(payload), notice([modal.outdated]));
      }
    }
  });
}

/** Nobody listens to it. */
function refuseUnknown(body: unknown): void {
  const payload = readPayload(body);
  if (payload.kind === 'press' && !isKnownAction(payload.actionId)) throw new OutdatedError();
}
