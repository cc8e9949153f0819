import { applyDefaults, type SettingScope } from '../../../session/defaults.ts';
import { isAdministrator } from '../../../session/identity.ts';
import type { IntentOf, Wish } from '../../../session/intent.ts';
import type { EffectivePreferences } from '../../../session/preferences.ts';
import type { Person } from '../../../store/identities.ts';
import type { SettingsChange } from '../../../store/settings.ts';
import { RefusedError, requireAdmin, requirePerson } from '../../authority.ts';
import { shownIdentity } from '../../card-view.ts';
import { ACTION, homeMetadata, runAction, settingsMetadata, VIEW } from '../../edge/ids.ts';
import { isDirectMessage } from '../../edge/places.ts';
import { notice } from '../../views/notices.ts';
import { button, withAccessory, type Rendered } from '../../views/objects.ts';
import {
  readDefaultsForm,
  readSettingsForm,
  renderDefaults,
  renderDefaultsForm,
  renderSettingsForm,
} from '../../views/settings.ts';
import { renderWhoami, type Why, renderWhy } from '../../views/whoami.ts';
import type { Answers, Invocation } from '../commands.ts';
import { quick, type ListenersContext, type Presses, type Submissions } from '../context.ts';
import { openView } from '../open-view.ts';
import { drawHome } from '../workspace.ts';
import { ask } from './sessions.ts';

/** Changes defaults if the person may, then shows what applies. */
async function change(
  c: ListenersContext,
  call: Invocation,
  { scope, said, ...changed }: SettingsChange & { scope: SettingScope; said: string },
): Promise<Rendered> {
  const { teamId, channelId, userId, text } = call;
  await (scope === 'person' ? requirePerson(c, call) : requireAdmin(c.slack.people, userId, text));
  const ids = { workspace: teamId, channel: channelId, person: userId };
  await c.store.settings.change({ teamId, scope, scopeId: ids[scope] }, changed, userId);
  return shown(c, call, [said]);
}

async function shown(c: ListenersContext, call: Invocation, before: string[] = []): Promise<Rendered> {
  const defaults = c.withNames(applyDefaults(await c.store.settings.layersFor(call)));
  return renderDefaults(defaults, before, call.text);
}

/** Opens the form for the channel, or in a direct message for the workspace. Without a trigger, offers a button. */
async function place(c: ListenersContext, call: Invocation): Promise<Rendered | null> {
  const { text, triggerId } = call;
  await requireAdmin(c.slack.people, call.userId, text);
  const { title, appliesTo } = text.settings.place;
  const again = { actionId: runAction(0), value: 'settings' };
  const channelId = isDirectMessage(call.channelId) ? null : call.channelId;
  const scope = channelId === null ? text.settings.scopes.workspace : text.settings.scopes.channel;
  if (triggerId === null) return withAccessory(appliesTo(scope), button(again.actionId, title, again.value));
  const inForce = await settingsInForce(c, { ...call, channelId: channelId ?? '' });
  await openView(c, { ...call, ...again, triggerId }, renderSettingsForm({ channelId, inForce }, text));
  return null;
}

/**
 * Defaults, and the settings of places. People who may start a session change their own defaults; administrators change a
 * channel's and the workspace's. Nobody else may read them: they name secrets, playbooks and repositories.
 */
export const SETTINGS_ANSWERS = {
  /** Adds to what was set before. */
  defaults: async (c, call, { scope, draft }) => {
    const { set, scopes } = call.text.settings;
    if (Object.keys(draft).length > 0)
      return change(c, call, { scope, said: set(scopes[scope]), column: 'draft', set: draft });
    if (!isAdministrator(await c.slack.people.find(call.userId))) await requirePerson(c, call);
    return shown(c, call);
  },
  'clear-defaults': async (c, call, { scope }) => {
    const { cleared, scopes } = call.text.settings;
    return change(c, call, { scope, said: cleared(scopes[scope]), column: 'draft', set: {}, replaces: true });
  },
  settings: place,
} satisfies Partial<Answers>;

/** Forms of one's own defaults, and of the settings of a channel or the workspace. */
export const SETTINGS_SUBMISSIONS = {
  [VIEW.settings]: async (c, { view, teamId, userId }) => {
    await requireAdmin(c.slack.people, userId, await c.textFor(userId));
    const { channelId } = settingsMetadata.read(view.metadata);
    const inForce = await settingsInForce(c, { teamId, userId, channelId: channelId ?? '' });
    const chosen = readSettingsForm(view.values, inForce);
    const scope = channelId === null ? ('workspace' as const) : ('channel' as const);
    const key = { teamId, scope, scopeId: channelId ?? teamId };
    await c.store.settings.change(key, { column: 'preferences', set: chosen }, userId);
    return {};
  },
  [VIEW.defaults]: async (c, { view, teamId, userId }) => {
    const { settings } = c.store;
    const text = await c.textFor(userId);
    const { person: before = {} } = await settings.layersFor({ channelId: '', teamId, userId });
    const { draft, errors } = readDefaultsForm(view.values, before, text);
    if (Object.keys(errors).length > 0) return errors;
    await requirePerson(c, { teamId, userId });
    const key = { teamId, scope: 'person' as const, scopeId: userId };
    await settings.change(key, { column: 'draft', set: draft, replaces: true }, userId);
    const home = homeMetadata.find(view.metadata);
    if (home !== undefined) await drawHome(c, { teamId, userId, ...home });
    return {};
  },
} satisfies Submissions;

/** Over the Home, or over the answer to `whoami`. */
export const SETTINGS_PRESSES = {
  [ACTION.editDefaults]: quick(async (c, press) => {
    const { view, teamId, userId } = press;
    const metadata = view === null ? null : homeMetadata.read(view.metadata);
    const { person = {} } = await c.store.settings.layersFor({ channelId: '', teamId, userId });
    const draft = c.withNames(applyDefaults({ person }));
    const form = renderDefaultsForm(metadata, draft, await c.textFor(userId));
    await openView(c, press, form);
  }),
} satisfies Presses;

/** What a message to the app does in a place. */
export async function mentionsAt(
  c: ListenersContext,
  where: Person & { channelId: string },
): Promise<NonNullable<EffectivePreferences['mentions']>> {
  return (await settingsInForce(c, where)).mentions;
}

/** What applies in a channel; in none, in the workspace. */
async function settingsInForce(c: ListenersContext, here: Person & { channelId: string }) {
  const { listen, mentions, ...preferences } = await c.store.settings.preferencesFor(here);
  return { ...preferences, listen: listen ?? 'thread', mentions: mentions ?? c.mentions };
}

/** Neither files nor secrets. */
const NOTHING_ELSE = { context: null, without: null };

/** null: not known in time. */
async function explained(c: ListenersContext, call: Invocation, wish: Wish): Promise<Why | null> {
  const { teamId, userId } = call;
  const [draft, { reached }] = await Promise.all([
    c.gate.effectiveDraft(call, wish),
    c.limiter.usage({ teamId, userId }, c.store.db),
  ]);
  const decision = await c.gate.explain({ ...call, draft, ...NOTHING_ELSE });
  return decision && { userId, explained: decision, reached };
}

/** Who the person is, what they may do here without a task, and what they chose. */
async function whoami(
  c: ListenersContext,
  call: Invocation,
  { again }: Pick<IntentOf<'whoami'>, 'again'>,
): Promise<Rendered> {
  const { teamId, userId } = call;
  if (again) await forgetIdentity(c, { teamId, userId });
  const text = await c.textFor(userId);
  const runsAs = shownIdentity(await c.lookUp({ teamId, userId }), text);
  const [why, layers, preferences] = await Promise.all([
    runsAs.mayStart ? explained(c, call, { draft: {} }) : null,
    c.store.settings.layersFor(call),
    c.store.settings.preferencesFor(call),
  ]);
  const defaults = runsAs.mayStart ? c.withNames(applyDefaults(layers)) : null;
  return renderWhoami({ runsAs, why, defaults, preferences }, text);
}

/** Anyone may choose how and where the app speaks to them. */
async function setOwn(
  c: ListenersContext,
  call: Invocation,
  { setting, chosen }: IntentOf<'set-own'>,
): Promise<Rendered> {
  const { teamId, userId } = call;
  const key = { teamId, scope: 'person' as const, scopeId: userId };
  await c.store.settings.change(key, { column: 'preferences', set: chosen }, userId);
  if (setting === 'language') await c.redrawHome(call);
  return whoami(c, call, { again: false });
}

/** How a start with these options would be decided here. */
async function why(c: ListenersContext, call: Invocation, { draft }: IntentOf<'why'>): Promise<Rendered> {
  const { teamId, userId, text } = call;
  const { mayStart, who } = shownIdentity(await c.lookUp({ teamId, userId }), text);
  if (!mayStart) throw new RefusedError(who);
  const decision = await explained(c, call, { draft });
  return decision === null ? notice([text.steering.notLookedUp]) : renderWhy(decision, text);
}

/** Forgets what Slack and Devin said about the person. */
async function forgetIdentity({ store, now }: ListenersContext, person: Person): Promise<void> {
  await store.identities.forget(person);
  await store.knownPeople.changed(person, new Date(now()));
}

/** Who a person is in Devin, and what the policy makes of what they ask for. Starts nothing. */
export const EXPLAIN_ANSWERS = {
  why,
  whoami,
  'set-own': setOwn,
  link: async (c, call, { slackUserId: personId, devinUserId }) =>
    ask(c, call, { kind: 'link', teamId: call.teamId, personId, devinUserId }),
} satisfies Partial<Answers>;
