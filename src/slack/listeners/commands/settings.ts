import type { SlashCommand } from '@slack/bolt';
import { applyDefaults } from '../../../session/defaults.ts';
import type { SettingScope } from '../../../session/defaults.ts';
import type { IntentOf } from '../../../session/intent.ts';
import type { Identity } from '../../../session/identity.ts';
import { effectivePreferences } from '../../../session/preferences.ts';
import type { Preferences } from '../../../session/preferences.ts';
import type { Settings, SettingKey } from '../../../store/settings.ts';
import type { Text } from '../../../text/index.ts';
import { renderDefaults } from '../../blocks/defaults-list.ts';
import { notice, refusal } from '../../blocks/notices.ts';
import { escape, unescape } from '../../blocks/text.ts';
import { renderProblems } from '../../command/help.ts';
import type { Rendered } from '../../blocks/objects.ts';
import { refusalSentence } from '../../identity-words.ts';
import type { People } from '../../people.ts';

export type SettingsCommandDeps = {
  command: string;
  defaults: Settings;
  people: Pick<People, 'find'>;
  /** Who somebody is in Devin; null: nobody could tell within the time that Slack gives. */
  identify: (person: { teamId: string; userId: string }) => Promise<Identity | null>;
  text: Text;
};

/**
 * Defaults and preferences: one's own by whoever may start a session, a channel's and the workspace's by
 * administrators. They name secrets, playbooks and repositories, so nobody else gets to read them.
 */
export function createSettingsCommands(deps: SettingsCommandDeps) {
  const { command, defaults, people, identify, text } = deps;
  const { settings } = text;

  async function isAdmin(payload: SlashCommand): Promise<boolean> {
    const person = await people.find(payload.user_id);
    return person?.kind === 'member' && person.isAdmin;
  }

  /** Why a person may have nothing to do with them; null: they may. */
  async function refusalOf(payload: SlashCommand): Promise<string | null> {
    const identity = await identify({ teamId: payload.team_id, userId: payload.user_id });
    if (identity !== null && identity.kind !== 'refused') return null;
    if (await isAdmin(payload)) return null;
    return identity === null ? settings.notLookedUp : escape(refusalSentence(identity, text));
  }

  /** Changes something if the person may, then shows what applies. `instead`: what those can do who may not. */
  async function change(
    payload: SlashCommand,
    { scope, said, instead }: { scope: SettingScope; said: string; instead: readonly string[] },
    write: (key: SettingKey) => Promise<void>,
  ): Promise<Rendered> {
    const refused = await refusalOf(payload);
    if (refused !== null) return notice([refused]);
    if (scope !== 'person' && !(await isAdmin(payload)))
      return notice([[settings.adminsOnly, ...instead].join(' ')]);
    await write(keyOf(payload, scope));
    return shown(payload, [said]);
  }

  async function show(payload: SlashCommand): Promise<Rendered> {
    const refused = await refusalOf(payload);
    return refused === null ? shown(payload) : notice([refused]);
  }

  async function shown(payload: SlashCommand, before: string[] = []): Promise<Rendered> {
    const place = placeOf(payload);
    const [layers, preferences] = await Promise.all([
      defaults.layersFor(place),
      defaults.preferencesFor(place),
    ]);
    const draft = applyDefaults(layers);
    return renderDefaults({ draft, preferences: effectivePreferences(preferences), before }, text);
  }

  /** Adds to what was set there before; `clear` starts over. */
  async function set(
    payload: SlashCommand,
    { scope, draft, problems }: IntentOf<'set-defaults'>,
  ): Promise<Rendered> {
    if (problems.length > 0) {
      const typed = `${command} ${unescape(payload.text)}`;
      const told = renderProblems(problems, { typed: payload.text, where: 'defaults' }, text);
      return refusal({ problems: told, typed, formId: null, title: settings.nothingSet }, text);
    }
    const { session_secrets: _never, ...stored } = draft;
    const said = settings.set(settings.scopes[scope]);
    return change(payload, { scope, said, instead: [settings.ownDefaults] }, async (key) => {
      const before = (await defaults.layersFor(placeOf(payload)))[scope];
      await defaults.set(key, { ...before, ...stored }, payload.user_id);
    });
  }

  async function clear(payload: SlashCommand, { scope }: IntentOf<'clear-defaults'>): Promise<Rendered> {
    const said = settings.cleared(settings.scopes[scope]);
    return change(payload, { scope, said, instead: [settings.ownDefaults] }, async (key) =>
      defaults.set(key, null, payload.user_id),
    );
  }

  async function prefer(payload: SlashCommand, scope: SettingScope, preferred: Preferences) {
    const said = settings.set(settings.scopes[scope]);
    return change(payload, { scope, said, instead: [] }, async (key) => {
      const before = (await defaults.preferencesFor(placeOf(payload)))[scope];
      await defaults.setPreferences(key, { ...before, ...preferred }, payload.user_id);
    });
  }

  return {
    show,
    set,
    clear,
    notify: async (payload: SlashCommand, { where }: IntentOf<'notify'>) =>
      prefer(payload, 'person', { notify: where }),
    steer: async (payload: SlashCommand, { who, scope }: IntentOf<'steer'>) =>
      prefer(payload, scope, { steer: who }),
    webMessages: async (payload: SlashCommand, { shown, scope }: IntentOf<'web-messages'>) =>
      prefer(payload, scope, { webMessages: shown }),
  };
}

function placeOf(payload: SlashCommand) {
  return { teamId: payload.team_id, channelId: payload.channel_id, userId: payload.user_id };
}

function keyOf(payload: SlashCommand, scope: SettingScope): SettingKey {
  const ids = { workspace: payload.team_id, channel: payload.channel_id, person: payload.user_id };
  return { teamId: payload.team_id, scope, scopeId: ids[scope] };
}
