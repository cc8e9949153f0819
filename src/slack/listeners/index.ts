import type { App } from '@slack/bolt';
import { isKnownAction, OutdatedError } from '../edge/ids.ts';
import { readPayload } from '../edge/payload.ts';
import { privatePlace } from '../edge/places.ts';
import { notice } from '../views/notices.ts';
import { listenToActs } from './acts.ts';
import { listenToCards } from './cards.ts';
import { createAnswer, listenToCommands } from './commands.ts';
import { listenToForms, stillOpen } from './forms.ts';
import { listenToHome } from './home.ts';
import { listenToMessages } from './messages.ts';
import { listenToReview } from './review.ts';
import { listenToSettingsForms } from './settings-forms.ts';
import { listenToShortcuts } from './shortcuts.ts';
import { createTools, type ToolDeps, type Tools } from './tools.ts';
import { listenToChannels, listenToInvitations, listenToPeople } from './workspace.ts';

/** Everything that Slack sends. A listener saves what was asked for and answers Slack; jobs do the rest. */
export function createListeners({ app, ...deps }: ToolDeps & { app: App }): void {
  const tools = createTools(deps);
  listenToOutdated(app, tools);
  const answer = createAnswer(tools);
  listenToCommands(app, tools, answer);
  listenToActs(app, tools);
  listenToCards(app, tools);
  listenToMessages(app, { ...tools, answer });
  listenToShortcuts(app, tools);
  listenToForms(app, tools);
  listenToReview(app, tools);
  listenToHome(app, tools);
  listenToSettingsForms(app, tools);
  listenToInvitations(app, tools);
  listenToChannels(app, tools);
  listenToPeople(app, tools);
}

/** Buttons and views that another version of the app made, or whose form is gone: the person is told to open them again. */
function listenToOutdated(app: App, { outbound, textFor }: Pick<Tools, 'outbound' | 'textFor'>): void {
  app.use(async (args) => {
    try {
      if (args.body.type === 'block_actions') refuseUnknown(args.body);
      await args.next();
    } catch (error) {
      if (!(error instanceof OutdatedError)) throw error;
      const payload = readPayload(args.body);
      if ('view' in args && payload.kind === 'submission') {
        const text = await textFor(payload.userId);
        const view = stillOpen(payload.view, text.modal.outdated, text);
        await args.ack({ response_action: 'update', view });
      }
      if ('action' in args && payload.kind === 'press') {
        await args.ack();
        const { modal } = await textFor(payload.userId);
        await outbound.tellPrivately(privatePlace(payload), notice([modal.outdated]));
      }
    }
  });
}

/** Nobody listens to it. */
function refuseUnknown(body: unknown): void {
  const payload = readPayload(body);
  if (payload.kind === 'press' && !isKnownAction(payload.actionId)) throw new OutdatedError();
}
