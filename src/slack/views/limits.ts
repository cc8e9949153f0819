/**
 * Slack's limits that renderers keep, in characters unless the name says otherwise.
 * https://docs.slack.dev/reference/block-kit/blocks
 * https://docs.slack.dev/reference/block-kit/block-elements
 * https://docs.slack.dev/reference/block-kit/composition-objects
 * https://docs.slack.dev/reference/views/modal-views
 */
export const LIMIT = {
  sectionText: 3000,
  header: 150,
  alert: 200,
  label: 2000,
  /** Label of a button, text and description of an option. */
  caption: 75,
  buttonValue: 2000,
  url: 3000,
  optionValue: 150,
  placeholder: 150,
  /** Options of a select. */
  options: 100,
  inputText: 3000,
  /** Options of an overflow menu. */
  overflow: 5,
  files: 10,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  viewTitle: 24,
  /** chat.update takes no longer text: https://docs.slack.dev/reference/methods/chat.update */
  messageText: 4000,
  /** All blocks of a message, as JSON, with some room: https://github.com/slackapi/bolt-js/issues/2509 */
  messageJson: 13_000,
} as const;
