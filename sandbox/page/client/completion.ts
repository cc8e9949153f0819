import type { AppState } from './app.ts';
import { roleOf } from './faces.ts';
import { wording } from './words.ts';

export type Suggestion = {
  kind: 'command' | 'person';
  /** What the field has instead of what was typed. */
  insert: string;
  label: string;
  usage: string;
  detail: string;
};

/** Slack's own command for bringing an app into a channel. */
export const INVITE = '/invite';

const MOST = 8;

/** Commands while one is being typed at the start, people after an @. */
export function suggestionsFor(state: AppState, text: string): Suggestion[] {
  const command = /^\/\S*$/.exec(text);
  if (command !== null) return commands(state).filter(({ label }) => label.startsWith(text.toLowerCase()));
  const mention = /(?:^|\s)@([\w.-]*)$/.exec(text);
  return mention === null ? [] : people(state, (mention[1] ?? '').toLowerCase());
}

export function complete(text: string, { kind, insert }: Suggestion): string {
  return kind === 'command' ? insert : text.replace(/@[\w.-]*$/, () => insert);
}

function commands({ snapshot }: AppState): Suggestion[] {
  const { appName, botUserId } = snapshot.workspace;
  const bot = snapshot.people.find(({ id }) => id === botUserId)?.name ?? 'devin';
  const invite = { name: INVITE, usageHint: `@${bot}`, description: wording.composer.invite };
  return [...snapshot.commands.map((one) => ({ ...one, by: appName })), { ...invite, by: 'Slack' }].map(
    ({ name, usageHint, description, by }) => ({
      kind: 'command' as const,
      insert: `${name} `,
      label: name,
      usage: usageHint,
      detail: `${description} · ${by}`,
    }),
  );
}

function people({ snapshot }: AppState, typed: string): Suggestion[] {
  return snapshot.people
    .filter(({ name, realName }) => name.startsWith(typed) || realName.toLowerCase().startsWith(typed))
    .slice(0, MOST)
    .map((person) => ({
      kind: 'person' as const,
      insert: `@${person.name} `,
      label: person.realName,
      usage: `@${person.name}`,
      detail: roleOf(person),
    }));
}
