import { randomId } from './ids.ts';
import type { View } from './model.ts';
import { assignBlockIds } from './rules/assign-ids.ts';
import { parseView, type ViewDefinition } from './rules/view.ts';
import type { State } from './state.ts';
import { carryValues, initialValues } from './view-state.ts';

/** Views on people's screens. Callers have checked the definition with `checkView`. */

export type NewView = { definition: unknown; userId: string; previous?: View };

export function addView(state: State, { definition, userId, previous }: NewView): View {
  const id = randomId('V');
  const filled = fill(definition);
  const view: View = {
    id,
    userId,
    definition: filled,
    values: initialValues(filled.blocks),
    rootId: previous?.rootId ?? id,
    previousId: previous?.id ?? null,
    errors: {},
    isOpen: true,
  };
  state.views.set(id, view);
  state.changes.emit({ kind: 'view', viewId: id });
  return view;
}

export function replaceView(state: State, view: View, definition: unknown): View {
  const filled = fill(definition);
  const fresh = initialValues(filled.blocks);
  Object.assign(view, {
    definition: filled,
    values: carryValues(fresh, view.values),
    errors: {},
  });
  state.changes.emit({ kind: 'view', viewId: view.id });
  return view;
}

export function publishHome(state: State, userId: string, definition: unknown): View {
  const existing = state.homes.get(userId);
  const home = existing ?? addView(state, { definition, userId });
  state.views.delete(home.id);
  if (existing !== undefined) replaceView(state, existing, definition);
  state.homes.set(userId, home);
  state.changes.emit({ kind: 'home', userId });
  return home;
}

export function closeView(state: State, view: View): void {
  view.isOpen = false;
  state.changes.emit({ kind: 'view', viewId: view.id });
}

/** The modals on one person's screen, the topmost last. */
export function openViews(state: State, userId: string): View[] {
  return [...state.views.values()].filter((view) => view.isOpen && view.userId === userId);
}

/** The views stacked with this one. */
export function viewStack(state: State, { rootId }: View): View[] {
  return [...state.views.values()].filter((view) => view.isOpen && view.rootId === rootId);
}

function fill(definition: unknown): ViewDefinition {
  const view = parseView(definition);
  return { ...view, blocks: view.blocks.map(assignBlockIds) };
}

/**
 * The view as payloads and answers carry it.
 * https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
 */
export function viewPayload({ workspace }: State, view: View): Record<string, unknown> {
  const { definition } = view;
  const isHome = definition.type === 'home';
  return {
    id: view.id,
    team_id: workspace.teamId,
    type: definition.type,
    blocks: definition.blocks,
    private_metadata: definition.private_metadata ?? '',
    callback_id: definition.callback_id ?? '',
    state: { values: view.values },
    title: isHome ? { type: 'plain_text', text: 'View Title' } : definition.title,
    close: isHome ? null : (definition.close ?? null),
    submit: isHome ? null : (definition.submit ?? null),
    previous_view_id: view.previousId,
    root_view_id: view.rootId,
    app_id: workspace.appId,
    bot_id: workspace.botId,
  };
}
