import type { Enqueue } from '../../../queue/index.ts';
import { applyDefaults, omitFields } from '../../../session/defaults.ts';
import type { SettingScope } from '../../../session/defaults.ts';
import type { Identity } from '../../../session/identity.ts';
import type { IntentOf } from '../../../session/intent.ts';
import { effectivePreferences } from '../../../session/preferences.ts';
import type { Preferences } from '../../../session/preferences.ts';
import type { SettingKey, Settings } from '../../../store/settings.ts';
import { renderDefaults } from '../../blocks/defaults.ts';
import { notice, refusal } from '../../blocks/notices.ts';
import type { Rendered } from '../../blocks/objects.ts';
import { renderSetting } from '../../blocks/setting-choices.ts';
import { escape, unescape } from '../../blocks/text.ts';
import { renderProblems } from '../../command/help.ts';
import { refusalSentence } from '../../identity-words.ts';
import type { People } from '../../people.ts';
import type { ChooseLanguage, TextFor } from '../../text-for.ts';
import type { Ask } from '../asked.ts';

export type SettingsCommandDeps = {
  command: string;
  defaults: Settings;
  people: Pick<People, 'find'>;
  enqueue: Enqueue;
  chooseLanguage: ChooseLanguage;
  /** Has the person's Home drawn again, if they may be looking at it. */
  redrawHome: (person: { teamId: string; userId: string }) => Promise<void>;
  textFor: TextFor;
  /** Who a person is in Devin; null: that could not be found out in the time that Slack gives. */
  identify: (person: { teamId: string; userId: string }) => Promise<Identity | null>;
};

/**
 * Defaults and preferences: one's own by anyone who may start a session, a channel's and the workspace's by
 * administrators. They name secrets, playbooks and repositories, so nobody else gets to read them.
 */
export function createSettingsCommands(deps: SettingsCommandDeps) {
  const { command, defaults, people, enqueue, identify, chooseLanguage, redrawHome, textFor } = deps;

  async function isAdmin(ask: Ask): Promise<boolean> {
    const person = await people.find(ask.userId);
    return person?.kind === 'member' && person.isAdmin;
  }

  /** Why a person may have nothing to do with them; null: they may. */
  async function refusalOf(ask: Ask): Promise<string | null> {
    const identity = await identify({ teamId: ask.teamId, userId: ask.userId });
    if (identity !== null && identity.kind !== 'refused') return null;
    if (await isAdmin(ask)) return null;
    const { text } = ask;
    return identity === null ? text.settings.notLookedUp : escape(refusalSentence(identity, text));
  }

  /** Changes something if the person may, then shows what applies. `instead`: what those can do who may not. */
  async function change(
    ask: Ask,
    { scope, said, instead }: { scope: SettingScope; said: string; instead: readonly string[] },
    write: (key: SettingKey) => Promise<void>,
  ): Promise<Rendered> {
    const refused = await refusalOf(ask);
    if (refused !== null) return notice([refused]);
    if (scope !== 'person' && !(await isAdmin(ask)))
      return notice([ask.text.joins.sentences([ask.text.settings.adminsOnly, ...instead])]);
    await write(keyOf(ask, scope));
    return shown(ask, [said]);
  }

  async function show(ask: Ask): Promise<Rendered> {
    const refused = await refusalOf(ask);
    return refused === null ? shown(ask) : notice([refused]);
  }

  async function shown(ask: Ask, before: string[] = []): Promise<Rendered> {
    const [layers, preferences] = await Promise.all([defaults.layersFor(ask), defaults.preferencesFor(ask)]);
    const draft = applyDefaults(layers);
    return renderDefaults({ draft, preferences: effectivePreferences(preferences), before }, ask.text);
  }

  /** Adds to what was set there before; `clear` starts over. */
  async function set(
    ask: Ask,
    { scope, draft, reset, problems }: IntentOf<'set-defaults'>,
  ): Promise<Rendered> {
    const { text } = ask;
    const { settings } = text;
    if (problems.length > 0) {
      const typed = `${command} ${unescape(ask.typed)}`;
      const told = renderProblems(problems, 'defaults', text);
      return refusal({ problems: told, typed, formId: null, title: settings.nothingSet }, text);
    }
    const { session_secrets: _never, ...stored } = draft;
    const said = settings.set(settings.scopes[scope]);
    return change(ask, { scope, said, instead: [settings.ownDefaults] }, async (key) => {
      const before = (await defaults.layersFor(ask))[scope];
      await defaults.set(key, { ...omitFields(before ?? {}, reset), ...stored }, ask.userId);
    });
  }

  async function clear(ask: Ask, { scope }: IntentOf<'clear-defaults'>): Promise<Rendered> {
    const { settings } = ask.text;
    const said = settings.cleared(settings.scopes[scope]);
    return change(ask, { scope, said, instead: [settings.ownDefaults] }, async (key) =>
      defaults.set(key, null, ask.userId),
    );
  }

  async function withPriority(ask: Ask, scope: SettingScope, preferred: Preferences) {
    const { settings } = ask.text;
    const said = settings.set(settings.scopes[scope]);
    return change(ask, { scope, said, instead: [] }, async (key) => {
      const before = (await defaults.preferencesFor(ask))[scope];
      await defaults.setPreferences(key, { ...before, ...preferred }, ask.userId);
    });
  }

  /** Cards in the place say what their threads do. */
  async function listen(ask: Ask, { listen: chosen, scope }: IntentOf<'listen'>): Promise<Rendered> {
    const { teamId } = ask;
    const channelId = scope === 'channel' ? ask.channelId : null;
    const answer = await withPriority(ask, scope, { listen: chosen });
    await enqueue('redraw-cards', { teamId, channelId }, { key: `${teamId}:${channelId ?? ''}` });
    return answer;
  }

  async function showSetting(ask: Ask, { setting }: IntentOf<'show-setting'>): Promise<Rendered> {
    const refused = await refusalOf(ask);
    if (refused !== null) return notice([refused]);
    const preferences = effectivePreferences(await defaults.preferencesFor(ask));
    return renderSetting(setting, preferences, ask.text);
  }

  /** Anyone may: it is about what the app says to them, and shows nothing else. */
  async function language(ask: Ask, { choice }: IntentOf<'language'>): Promise<Rendered> {
    if (choice !== null) {
      await chooseLanguage(ask, choice === 'slack' ? null : choice);
      await redrawHome(ask);
    }
    const preferences = effectivePreferences(await defaults.preferencesFor(ask));
    return renderSetting('language', preferences, await textFor(ask.userId, preferences.language));
  }

  return {
    show,
    showSetting,
    language,
    set,
    clear,
    notify: async (ask: Ask, { where }: IntentOf<'notify'>) => withPriority(ask, 'person', { notify: where }),
    steer: async (ask: Ask, { who, scope }: IntentOf<'steer'>) => withPriority(ask, scope, { steer: who }),
    listen,
    webMessages: async (ask: Ask, { shown, scope }: IntentOf<'web-messages'>) =>
      withPriority(ask, scope, { webMessages: shown }),
  };
}

function keyOf(ask: Ask, scope: SettingScope): SettingKey {
  const ids = { workspace: ask.teamId, channel: ask.channelId, person: ask.userId };
  return { teamId: ask.teamId, scope, scopeId: ids[scope] };
}
