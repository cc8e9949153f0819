import type { FieldKey, SessionDraft } from './fields.ts';

/** What is wrong with one flag, or with the whole request; `text/` makes the sentence. */
export type Problem =
  | { kind: 'unknown-flag'; flag: string; nearest: FieldKey | null }
  | { kind: 'missing-value'; field: FieldKey }
  | { kind: 'bad-value'; field: FieldKey; value: string }
  | { kind: 'unclosed-quote'; field: FieldKey; value: string }
  | { kind: 'repeated'; field: FieldKey }
  | { kind: 'no-task' };

/** What a person wants, read from the text of a slash command. */
export type Intent =
  | { kind: 'create'; draft: SessionDraft }
  | { kind: 'open-form' }
  | { kind: 'help' }
  | { kind: 'list'; whose: 'mine' | 'all'; page: number }
  | { kind: 'status' | 'stop' | 'archive' | 'follow'; session: string }
  | { kind: 'say'; session: string; text: string }
  | { kind: 'link'; slackUserId: string; devinUserId: string }
  /** Nothing is created; `draft` holds what could be read, for the form. */
  | { kind: 'invalid'; problems: Problem[]; draft: SessionDraft };
