/** One entry for each row of the field table: its label, a hint for the modal, what it takes; of a list, what an entry is. */
export const fields = {
  prompt: {
    label: 'Task',
    hint: 'What Devin should do. Say what done looks like.',
    takes: 'text',
  },
  repos: {
    label: 'Repositories',
    hint: 'Left empty: Devin finds them from the task.',
    takes: 'owner/repo',
  },
  devin_mode: {
    label: 'Mode',
    /** What it is where nothing is picked stands in the input. */
    hint: 'Fast is about twice as fast at four times the cost.',
    takes: 'normal, fast, lite, ultra or fusion',
  },
  max_acu_limit: {
    label: 'ACU cap',
    hint: "Stops when it is used up. Left empty: the organisation's limit.",
    takes: 'a whole number, 1 or more',
  },
  title: {
    label: 'Title',
    hint: 'Left empty: Devin makes one from the task.',
    takes: 'text of at most 200 characters',
  },
  playbook_id: {
    label: 'Playbook',
    hint: 'Left empty: none.',
    takes: 'a playbook id',
  },
  tags: {
    label: 'Tags',
    hint: 'Separate several with commas. Left empty: none of your own.',
    takes: 'text, at most 50 of them',
  },
  child_playbook_id: {
    label: 'Playbook for child sessions',
    hint: 'Left empty: none.',
    takes: 'a playbook id',
  },
  knowledge_ids: {
    label: 'Knowledge',
    hint: 'Left empty: everything the organisation knows.',
    takes: 'a note id',
  },
  secret_ids: {
    label: 'Secrets',
    hint: "Left empty: all of the organisation's secrets.",
    takes: 'a secret id',
  },
  session_secrets: {
    label: 'Secrets for this session only',
    hint: 'One KEY=VALUE a line. Encrypted until Devin has them, then erased here.',
    takes: 'KEY=VALUE lines',
  },
  session_links: {
    label: 'Related sessions',
    hint: 'Links to Devin sessions to look at, separated by commas. Left empty: none.',
    takes: 'a link',
  },
  attachment_urls: {
    label: 'Attachments by link',
    hint: 'Web addresses of files, separated by commas. Left empty: none.',
    takes: 'a web address',
  },
  structured_output_schema: {
    label: 'Structured result (JSON Schema)',
    hint: 'A Draft 7 schema of at most 64 KB. Left empty: no structured result.',
    takes: 'a JSON Schema',
  },
  structured_output_required: {
    label: 'The structured result is required',
    hint: 'On: Devin must deliver it before its turn ends.',
    takes: 'no value: makes the structured result optional',
  },
  platform: {
    label: 'Machine',
    hint: "A platform such as windows, or an outpost pool. Left empty: the organisation's default.",
    takes: 'a platform or outpost pool',
  },
  resumable: {
    label: 'Can be resumed',
    hint: 'On: the machine is kept after the session stops, so that it can go on later.',
    takes: 'no value: the machine is thrown away at the end',
  },
  bypass_approval: {
    label: 'Child sessions without approval',
    hint: 'On: Devin may start child sessions without asking.',
    takes: 'no value: child sessions start without approval',
  },
};
