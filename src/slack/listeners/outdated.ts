import type { App } from '@slack/bolt';
import { isKnownAction, OutdatedError } from '../edge/ids.ts';
import { readPayload } from '../edge/payload.ts';
import { privatePlace } from '../edge/places.ts';
import { notice } from '../views/notices.ts';
import { stillOpen } from './forms.ts';
import type { Tools } from './tools.ts';

/** Buttons and views that another version of the app made, or whose form is gone: the person is told to open them again. */
export function listenToOutdated(app: App, { outbound, textFor }: Pick<Tools, 'outbound' | 'textFor'>): void {
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
