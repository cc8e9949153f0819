/**
 * Slack's limits, in characters unless the name says otherwise. Sources:
 * https://docs.slack.dev/reference/block-kit/blocks
 * https://docs.slack.dev/reference/block-kit/block-elements
 * https://docs.slack.dev/reference/block-kit/composition-objects
 * https://docs.slack.dev/reference/views/modal-views
 * https://docs.slack.dev/reference/methods/chat.postMessage
 * https://docs.slack.dev/reference/methods/chat.update
 */
export const LIMIT = {
  id: 255,
  text: 3000,
  contextElements: 10,
  actionsElements: 25,
  header: 150,
  alert: 200,
  label: 2000,
  placeholder: 150,
  buttonText: 75,
  buttonValue: 2000,
  url: 3000,
  optionText: 75,
  optionValue: 150,
  options: 100,
  fewOptions: 10,
  overflowOptions: 5,
  inputText: 3000,
  files: 10,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  listIndent: 8,
  tableRows: 100,
  tableCells: 20,
  /** Of all cells of a table together. */
  tableText: 10_000,
  messageBlocks: 50,
  /** Of all blocks of a message, as JSON: https://github.com/slackapi/bolt-js/issues/2509 */
  messageBlocksJson: 13_200,
  messageText: 40_000,
  updateText: 4000,
  viewBlocks: 100,
  viewTitle: 24,
  privateMetadata: 3000,
  viewBytes: 250_000,
  viewStack: 3,
} as const;
