import { z } from 'zod';
import type { Trigger } from '../model.ts';
import { LIMIT } from '../rules/limits.ts';
import { checkView } from '../rules/view.ts';
import type { State } from '../state.ts';
import { addView, publishHome, replaceView, viewPayload, viewStack } from '../views.ts';
import { ApiError, id, method, refusal } from './method.ts';

const opening = z.object({ trigger_id: id, view: z.unknown() });

export const views = {
  'views.open': method({
    args: opening,
    run(args, state) {
      const definition = checkedView(args.view, 'modal');
      const { userId } = useTrigger(state, args.trigger_id);
      return { view: viewPayload(state, addView(state, { definition, userId })) };
    },
  }),

  'views.push': method({
    args: opening,
    run(args, state) {
      const definition = checkedView(args.view, 'modal');
      const { userId, viewId } = useTrigger(state, args.trigger_id);
      const previous = viewId === null ? undefined : state.views.get(viewId);
      if (previous === undefined || !previous.isOpen) throw new ApiError('invalid_trigger_id');
      if (viewStack(state, previous).length >= LIMIT.viewStack) throw new ApiError('push_limit_reached');
      return { view: viewPayload(state, addView(state, { definition, userId, previous })) };
    },
  }),

  'views.update': method({
    args: z.object({ view: z.unknown(), view_id: id }),
    run(args, state) {
      const view = [...state.views.values(), ...state.homes.values()].find((one) => one.id === args.view_id);
      if (view === undefined || !view.isOpen) throw new ApiError('not_found');
      const definition = checkedView(args.view, view.definition.type);
      return { view: viewPayload(state, replaceView(state, view, definition)) };
    },
  }),

  /** https://docs.slack.dev/reference/methods/views.publish */
  'views.publish': method({
    args: z.object({ user_id: id, view: z.unknown() }),
    run(args, state) {
      const user = state.users.get(args.user_id);
      if (user === undefined) throw refusal('invalid_arguments', ['invalid `user_id`']);
      const definition = checkedView(args.view, 'home');
      return { view: viewPayload(state, publishHome(state, user.id, definition)) };
    },
  }),
};

function checkedView(view: unknown, type: 'modal' | 'home'): unknown {
  const violations = checkView(view, type);
  if (violations.some((violation) => violation.startsWith('view_too_large')))
    throw new ApiError('view_too_large');
  if (violations.length > 0) throw refusal('invalid_arguments', violations);
  return view;
}

/** https://docs.slack.dev/interactivity/handling-user-interaction: for a short time, once. */
function useTrigger(state: State, triggerId: string): Trigger {
  const trigger = state.triggers.get(triggerId);
  if (trigger === undefined) throw new ApiError('invalid_trigger_id');
  if (trigger.used) throw new ApiError('exchanged_trigger_id');
  if (state.now() - trigger.createdAtMs > state.triggerLifeMs) throw new ApiError('expired_trigger_id');
  trigger.used = true;
  return trigger;
}
