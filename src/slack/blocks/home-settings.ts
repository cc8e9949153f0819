import type { KnownBlock } from '@slack/types';
import type { EffectiveDraft } from '../../session/defaults.ts';
import {
  LANGUAGE_CHOICES,
  NOTIFY,
  type Language,
  type LanguageChoice,
  type Notify,
} from '../../session/preferences.ts';
import type { Text } from '../../text/index.ts';
import { ACTION, homeLanguageAction, homeNotifyAction } from '../ids.ts';
import { actions, button, context, section } from './objects.ts';
import { optionWords } from './options.ts';
import { BETWEEN_FACTS } from './session-card.ts';
import { bold, code, escape, oneLine, truncate } from './text.ts';

/** What an administrator wants to know of the app. */
export type HomeHealth = {
  database: boolean;
  devin: boolean;
  slack: boolean;
  missingScopes: readonly string[];
  /** How much was given up after repeated failures. */
  setAside: number;
};

/** A file in force, and what is wrong with it as it is now, a line each. */
export type HomeFile = { kind: 'policy' | 'identity'; entries: number; problems: readonly string[] };

type HomeSettings = { command: string; defaults: EffectiveDraft; notify: Notify; language: Language | null };

const DEFAULTS_LENGTH = 1500;
const SCOPES_LENGTH = 500;
const PROBLEMS_LENGTH = 2000;

/** What applies to the person, and the buttons that change it. */
export function homeSettings(settings: HomeSettings, text: Text): KnownBlock[] {
  return [
    {
      ...section(defaultsLine(settings.command, settings.defaults, text)),
      accessory: button(ACTION.editDefaults, text.home.editDefaults, 'defaults'),
    },
    ...notifySetting(settings.notify, text),
    ...languageSetting(settings.language ?? 'slack', text),
  ];
}

function notifySetting(notify: Notify, text: Text): KnownBlock[] {
  const { label, choices, ...values } = text.settings.notify;
  const others = NOTIFY.filter((where) => where !== notify).map((where) =>
    button(homeNotifyAction(where), text.home.useInstead(choices[where]), where),
  );
  return [section(`${bold(`${label}:`)} ${values[notify]}`), actions(others)];
}

function languageSetting(chosen: LanguageChoice, { settings }: Text): KnownBlock[] {
  const { label, choices, ...values } = settings.language;
  const others = LANGUAGE_CHOICES.filter((choice) => choice !== chosen).map((choice) =>
    button(homeLanguageAction(choice), choices[choice], choice),
  );
  return [section(`${bold(`${label}:`)} ${values[chosen]}`), actions(others)];
}

function defaultsLine(command: string, { values, names }: EffectiveDraft, text: Text): string {
  const { home } = text;
  const shown = optionWords(values, text, names);
  if (shown.length === 0) return home.noDefaults(code(`${command} ${home.exampleDefaults}`));
  const line = truncate(shown.join(BETWEEN_FACTS), DEFAULTS_LENGTH);
  return home.defaults(line, code(`${command} defaults`));
}

const SIDES = ['database', 'devin', 'slack'] as const;

/** One line: what is wrong, or that all is well. */
export function homeHealth(health: HomeHealth, { home, joins }: Text): KnownBlock {
  const { missingScopes, setAside } = health;
  const listed = (isWell: boolean): string =>
    joins.list(SIDES.filter((side) => health[side] === isWell).map((side) => home.health.sides[side]));
  const [well, unwell] = [listed(true), listed(false)];
  const sides = [
    ...(unwell === '' ? [] : [home.health.unreachable(unwell)]),
    ...(well === '' ? [] : [home.health.reachable(well)]),
  ];
  const scopes =
    missingScopes.length === 0
      ? home.health.allScopes
      : home.health.missingScopes(truncate(missingScopes.join(', '), SCOPES_LENGTH));
  const facts = [...sides, ...(health.slack ? [scopes] : []), home.health.setAside(setAside)];
  return context(`${bold(home.health.label)}${BETWEEN_FACTS}${facts.join(BETWEEN_FACTS)}`);
}

export function homeFile({ kind, entries, problems }: HomeFile, { home }: Text): KnownBlock {
  const words = home.files[kind];
  const label = bold(words.label);
  if (problems.length === 0) return context(`${label}${BETWEEN_FACTS}${words.inForce(entries)}`);
  const lines = truncate(problems.map((line) => oneLine(line)).join('\n'), PROBLEMS_LENGTH);
  return section(`${label}${BETWEEN_FACTS}${words.broken}\n${escape(lines)}`);
}
