import type { SessionResponse } from '../devin/schemas.ts';
import { storedDraftSchema } from '../session/fields.ts';
import type { StoredDraft } from '../session/fields.ts';
import type { EffectiveDraft } from '../session/defaults.ts';
import { readPrompt } from '../session/prompt.ts';
import type { History } from './read-history.ts';

/** What a session was asked for, as far as Devin tells; `more` is known from elsewhere. */
export function draftOf(
  requestId: string,
  { response, history }: { response: SessionResponse; history: History },
  more: StoredDraft = {},
): EffectiveDraft {
  const [first] = history.messages;
  const prompt = first?.source === 'user' ? readPrompt(first.message, requestId).task : null;
  const { title, devin_mode, playbook_id } = response;
  // What Devin says need not fit our own table: what does not is left out.
  const values = Object.fromEntries(
    Object.entries({ prompt, title, devin_mode, playbook_id, ...more }).filter(
      ([key, value]) => value !== null && storedDraftSchema.safeParse({ [key]: value }).success,
    ),
  );
  return { values: storedDraftSchema.parse(values), sources: {} };
}
