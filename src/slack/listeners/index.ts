import type { App } from '@slack/bolt';
import { listenToActs } from './acts.ts';
import { listenToCards } from './cards.ts';
import { createAnswer, listenToCommands } from './commands.ts';
import { listenToForms } from './forms.ts';
import { listenToHome } from './home.ts';
import { listenToMessages } from './messages.ts';
import { listenToOutdated } from './outdated.ts';
import { listenToReview } from './review.ts';
import { listenToSettingsForms } from './settings-forms.ts';
import { listenToShortcuts } from './shortcuts.ts';
import { createTools, type ToolDeps } from './tools.ts';
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
