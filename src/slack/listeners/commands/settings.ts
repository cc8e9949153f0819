import { applyDefaults, type SettingScope } from '../../../session/defaults.ts';
import { isAdministrator } from '../../../session/identity.ts';
import type { IntentOf } from '../../../session/intent.ts';
import { effectivePreferences, type Preferences } from '../../../session/preferences.ts';
import type { SettingKey } from '../../../store/settings.ts';
import { notice } from '../../blocks/notices.ts';
import type { Rendered } from '../../blocks/objects.ts';
import { OWN_SETTINGS, renderDefaults, renderSetting, shownSetting } from '../../blocks/settings.ts';
import { code } from '../../blocks/text.ts';
import { renderWrongOptions } from '../../command/help.ts';
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

type Preferred = {
  setting: IntentOf<'show-setting'>['setting'];
  scope: SettingScope;
  chosen: Preferences;
};

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

  /** Answers with one line: what applies now, which can differ from what was set. */
  async function prefer(call: Invocation, { setting, scope, chosen }: Preferred): Promise<Rendered> {
    const { settings: words, joins } = call.text;
    const refused = OWN_SETTINGS.has(setting) ? null : await changeRefusal(call, scope, []);
    if (refused !== null) return notice([refused]);
    await settings.changePreferences(keyOf(call, scope), chosen, call.userId);
    const preferences = await settings.preferencesFor(call);
    const { label, value } = shownSetting(setting, preferences, call.text);
    const isInForce =
      value === shownSetting(setting, effectivePreferences({ [scope]: chosen }), call.text).value;
    const said = [words.set(words.scopes[scope]), isInForce ? '' : words.otherHere];
    return notice([joins.sentences([...said, joins.labeled(label, value)])]);
  }

  /** Redraws cards in the place: they say how their threads work. */
  async function changeThreads(call: Invocation, preferred: Preferred): Promise<Rendered> {
    const { teamId } = call;
    const channelId = preferred.scope === 'channel' ? call.channelId : null;
    const answer = await prefer(call, preferred);
    await enqueue('redraw-cards', { teamId, channelId });
    return answer;
  }

  async function showSetting(call: Invocation, { setting }: IntentOf<'show-setting'>): Promise<Rendered> {
    const isOwn = OWN_SETTINGS.has(setting);
    const refused = isOwn ? null : await personRefusal(call);
    if (refused !== null) return notice([refused]);
    const preferences = await settings.preferencesFor(call);
    const mayChange = isOwn || (await isAdmin(call));
    return renderSetting(setting, { preferences, mayChange }, call.text);
  }

  async function language(call: Invocation, { choice }: IntentOf<'language'>): Promise<Rendered> {
    if (choice !== null) {
      const chosen = choice === 'slack' ? null : choice;
      await settings.changePreferences(keyOf(call, 'person'), { language: chosen }, call.userId);
      learnLanguage(call.userId, chosen);
      await redrawHome(call);
    }
    const preferences = await settings.preferencesFor(call);
    const shownFor = { preferences, mayChange: true };
    return renderSetting('language', shownFor, await textFor(call.userId, preferences.language));
  }

  return {
    defaults: show,
    'set-defaults': set,
    'clear-defaults': clear,
    'show-setting': showSetting,
    language,
    listen: async (call, { listen, scope }) =>
      changeThreads(call, { setting: 'listen', scope, chosen: { listen } }),
    notify: async (call, { where }) =>
      prefer(call, { setting: 'notify', scope: 'person', chosen: { notify: where } }),
    steer: async (call, { who, scope }) => prefer(call, { setting: 'steer', scope, chosen: { steer: who } }),
    'web-messages': async (call, { shown: webMessages, scope }) =>
      prefer(call, { setting: 'web-messages', scope, chosen: { webMessages } }),
  } satisfies Partial<Answers>;
}

function keyOf(call: Invocation, scope: SettingScope): SettingKey {
  const ids = { workspace: call.teamId, channel: call.channelId, person: call.userId };
  return { teamId: call.teamId, scope, scopeId: ids[scope] };
}
