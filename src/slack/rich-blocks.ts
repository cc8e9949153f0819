/** Charts and tables, which Slack brings to one workspace after the other. */
export type RichBlocks = {
  areTaken: () => boolean;
  /** Slack refused them: from here on this process sends none. */
  refused: () => void;
};

export function createRichBlocks(): RichBlocks {
  let taken = true;
  return {
    areTaken: () => taken,
    refused: () => {
      taken = false;
    },
  };
}

/** Slack's codes for blocks it doesn't know. https://docs.slack.dev/reference/methods/views.publish */
export function areUnknownBlocks(code: string): boolean {
  return code === 'invalid_blocks' || code === 'invalid_arguments';
}
