/** The view in which secrets for one session are entered one by one. */
export const secretForm = {
  title: 'Secrets for this session',
  submit: 'Save',
  close: 'Cancel',
  intro:
    'Encrypted until Devin has them, then erased here. Your screen shows what you type. Nothing is sent before you start the session.',
  row: (row: number): string => `Secret ${row}`,
  name: { label: 'Name', placeholder: 'STAGING_DATABASE_URL' },
  value: { label: 'Value', hint: 'Up to 3,000 characters, with line breaks. Used exactly as it is.' },
  file: {
    label: 'Value from a file',
    hint: 'For up to 65,536 characters. The file stays in Slack until you delete it.',
  },
  sensitive: { label: 'Sensitive', option: 'Devin keeps it out of what it shows' },
  kept: {
    label: 'Already entered',
    hint: 'Untick a secret to remove it.',
    /** Those that have no box. */
    more: (count: number): string => `And ${count} more, which stay.`,
  },
  errors: {
    name: 'Use 1 to 256 characters without spaces.',
    nameMissing: 'Add a name.',
    valueMissing: 'Add a value, or a file with it.',
    both: 'Use the box or a file, not both.',
    repeated: 'This name is used twice. Keep one of them.',
    tooLong: 'Use up to 65,536 characters.',
  },
};
