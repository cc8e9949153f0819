import { applyDefaults, type SettingScope } from '../../../session/defaults.ts';
import { isAdministrator } from '../../../session/identity.ts';
import type { IntentOf } from '../../../session/intent.ts';
import type { SettingKey } from '../../../store/settings.ts';
import { renderWrongOptions } from '../../command/help.ts';
import { notice } from '../../views/notices.ts';
import type { Rendered } from '../../views/objects.ts';
import { renderDefaults, renderSettings } from '../../views/settings.ts';
import { code } from '../../views/text.ts';
import type { Answers, Invocation } from '../commands.ts';
import type { Tools } from '../tools.ts';

export type SettingsCommandDeps = Pick<
  Tools,
  | 'command'
  | 'settings'
  | 'withNames'
  | 'people'
  | 'enqueue'
  | 'learnLanguage'
  | 'redrawHome'
  | 'textFor'
  | 'authority'
>;

/**
 * Defaults and preferences. People who may start a session change their own defaults; administrators change a channel's and
 * the workspace's. Nobody else may read them: they name secrets, playbooks and repositories. Anyone can choose how and where
 * the app speaks to them, with or without a Devin account.
 */
export function createSettingsCommands(deps: SettingsCommandDeps) {
  const { command, settings, people, enqueue, authority, learnLanguage, redrawHome, textFor } = deps;

  const isAdmin = async ({ userId }: Invocation): Promise<boolean> =>
    isAdministrator(await people.find(userId));

  /** Why a person may not see or change them; null: they may. */
  async function personRefusal(call: Invocation): Promise<string | null> {
    const refused = await authority.personRefusal(call);
    return refused === null || (await isAdmin(call)) ? null : refused;
  }

  /** Why a person may not change them; null: they may. `instead`: what the others can do. */
  async function changeRefusal(
    call: Invocation,
    scope: SettingScope,
    instead: readonly string[],
  ): Promise<string | null> {
    const refused = await personRefusal(call);
    if (refused !== null || scope === 'person' || (await isAdmin(call))) return refused;
    return call.text.joins.sentences([call.text.settings.adminsOnly, ...instead]);
  }

  /** Changes defaults if the person may, then shows what applies. */
  async function change(
    call: Invocation,
    { scope, said }: { scope: SettingScope; said: string },
    write: (key: SettingKey) => Promise<void>,
  ): Promise<Rendered> {
    const refused = await changeRefusal(call, scope, [
      call.text.settings.ownDefaults(code(`${command} defaults me`)),
    ]);
    if (refused !== null) return notice([refused]);
    await write(keyOf(call, scope));
    return shown(call, [said]);
  }

  async function show(call: Invocation): Promise<Rendered> {
    const refused = await personRefusal(call);
    return refused === null ? shown(call) : notice([refused]);
  }

  async function shown(call: Invocation, before: string[] = []): Promise<Rendered> {
    const [layers, preferences] = await Promise.all([
      settings.layersFor(call),
      settings.preferencesFor(call),
    ]);
    const defaults = deps.withNames(applyDefaults(layers));
    return renderDefaults({ defaults, preferences, before }, call.text);
  }

  /** Adds to what was set before; `clear` starts over. */
  async function set(
    call: Invocation,
    { scope, draft, reset, problems }: IntentOf<'set-defaults'>,
  ): Promise<Rendered> {
    const { text } = call;
    const words = text.settings;
    if (problems.length > 0)
      return renderWrongOptions(problems, { command, typed: call.typed, title: words.nothingSet }, text);
    const said = words.set(words.scopes[scope]);
    return change(call, { scope, said }, async (key) =>
      settings.changeDraft(key, { draft, reset }, call.userId),
    );
  }

  async function clear(call: Invocation, { scope }: IntentOf<'clear-defaults'>): Promise<Rendered> {
    const { settings: words } = call.text;
    const said = words.cleared(words.scopes[scope]);
    return change(call, { scope, said }, async (key) => settings.set(key, null, call.userId));
  }

  const isAllowedTo = async (call: Invocation, scope: SettingScope): Promise<boolean> =>
    scope === 'person' || isAdmin(call);

  /** Anyone may choose how and where the app speaks to them. */
  async function settingsOf(call: Invocation, { scope }: IntentOf<'settings'>): Promise<Rendered> {
    const refused = scope === 'person' ? null : await personRefusal(call);
    if (refused !== null) return notice([refused]);
    const preferences = await settings.preferencesFor(call);
    const text = await textFor(call.userId, preferences.language);
    return renderSettings({ scope, preferences, mayChange: await isAllowedTo(call, scope) }, text);
  }

  /** Shows what applies then, which can differ from what was set. Cards say whether their threads listen. */
  async function setSetting(
    call: Invocation,
    { scope, setting, chosen }: IntentOf<'set-setting'>,
  ): Promise<Rendered> {
    const refused = scope === 'person' ? null : await changeRefusal(call, scope, []);
    if (refused !== null) return notice([refused]);
    await settings.changePreferences(keyOf(call, scope), chosen, call.userId);
    if (setting === 'language') {
      learnLanguage(call.userId, chosen.language ?? null);
      await redrawHome(call);
    }
    if (setting === 'listen') {
      const channelId = scope === 'channel' ? call.channelId : null;
      await enqueue('redraw-cards', { teamId: call.teamId, channelId });
    }
    return settingsOf(call, { kind: 'settings', scope });
  }

  return {
    defaults: show,
    'set-defaults': set,
    'clear-defaults': clear,
    settings: settingsOf,
    'set-setting': setSetting,
  } satisfies Partial<Answers>;
}

function keyOf(call: Invocation, scope: SettingScope): SettingKey {
  const ids = { workspace: call.teamId, channel: call.channelId, person: call.userId };
  return { teamId: call.teamId, scope, scopeId: ids[scope] };
}
