/** How parts become one text. */
export const joins = {
  sentences: (parts: readonly string[]): string => parts.filter((part) => part !== '').join(' '),
  list: (parts: readonly string[]): string => parts.join(', '),
  /** A day and a time. https://docs.slack.dev/messaging/formatting-message-text#date-formatting */
  moment: '{date_short_pretty}, {time}',
  labeled: (label: string, value: string): string => `${label}: ${value}`,
};
