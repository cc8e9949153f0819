import type { FieldKey } from '../../session/fields.ts';

/**
 * `takes`: what the field accepts; of a list, what an entry is. `placeholder`: the text in an empty input, or beside a
 * box to tick, up to 75 characters.
 */
type FieldWords = { label: string; hint?: string; placeholder?: string; takes: string };

/** One entry for each row of the field table. */
export const fields: Record<FieldKey, FieldWords> = {
  prompt: {
    label: 'Task',
    placeholder: 'The result you want, such as: the login test passes 20 times in a row',
    takes: 'text',
  },
  repos: {
    label: 'Repositories',
    placeholder: 'Devin finds them from the task',
    takes: 'owner/repo, for example acme/web, or a link',
  },
  devin_mode: {
    label: 'Mode',
    hint: '',
    placeholder: "Your organization's default",
    takes: 'normal, fast, lite, ultra or fusion',
  },
  max_acu_limit: {
    label: 'ACU cap',
    hint: "The session stops when it's used up.",
    placeholder: "Your organization's limit",
    takes: 'a whole number from 1 to 1,000,000',
  },
  title: {
    label: 'Title',
    placeholder: 'Devin makes one from the task',
    takes: 'text of up to 3,000 characters',
  },
  playbook_id: {
    label: 'Playbook',
    takes: "a playbook's name or id",
  },
  tags: {
    label: 'Tags',
    hint: 'Separate tags with commas.',
    takes: "labels that don't begin with slack-",
  },
  child_playbook_id: {
    label: 'Playbook for child sessions',
    takes: "a playbook's name or id",
  },
  knowledge_ids: {
    label: 'Knowledge',
    placeholder: "All of your organization's knowledge",
    takes: "a note's name or id",
  },
  secret_ids: {
    label: 'Secrets',
    placeholder: "All of your organization's secrets",
    takes: "a secret's name or id; enter KEY=VALUE in the form",
  },
  session_secrets: {
    label: 'Secrets for this session only',
    hint: 'Encrypted until Devin has them, then erased here. Your screen shows what you type.',
    placeholder: 'KEY=VALUE, one per line',
    takes: 'KEY=VALUE lines',
  },
  session_links: {
    label: 'Related sessions',
    hint: 'Links to Devin sessions, separated by commas.',
    takes: 'a link to a Devin session, or its id',
  },
  attachment_urls: {
    label: 'Attachments by link',
    hint: 'Web addresses of files, separated by commas.',
    takes: 'a web address',
  },
  structured_output_schema: {
    label: 'Structured output (JSON Schema)',
    hint: 'Draft 7, up to 64 KB.',
    placeholder: 'None: no structured output',
    takes: 'a JSON Schema',
  },
  structured_output_required: {
    label: 'Require structured output',
    hint: 'Needs a schema.',
    placeholder: 'Devin must deliver it before its turn ends',
    takes: 'no value; makes structured output optional',
  },
  platform: {
    label: 'Machine',
    hint: 'For example, windows or the name of an outpost pool.',
    placeholder: "Your organization's default",
    takes: 'a platform or outpost pool',
  },
  resumable: {
    label: 'Can be resumed',
    placeholder: 'Devin keeps the machine after the session stops, to continue later',
    takes: 'no value; Devin discards the machine at the end',
  },
  bypass_approval: {
    label: 'Child sessions without approval',
    placeholder: 'Devin starts child sessions without asking',
    takes: 'no value; child sessions start without approval',
  },
};
