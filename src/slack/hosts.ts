/** Slack's own hosts: the bot's token goes nowhere else. */
const SLACK_HOSTS = /(?:^|\.)(?:slack\.com|slack-files\.com|slack-gov\.com|slack-edge\.com)$/;

/** `apiUrl`: a Web API base instead of Slack's; its origin is trusted like Slack's own hosts. */
export function createSlackHosts(apiUrl: string | null) {
  const standIn = apiUrl === null ? null : new URL(apiUrl).origin;
  return {
    trusts(address: string): boolean {
      const url = URL.parse(address);
      if (url === null) return false;
      if (url.origin === standIn) return true;
      return url.protocol === 'https:' && SLACK_HOSTS.test(url.hostname);
    },
  };
}
export type SlackHosts = ReturnType<typeof createSlackHosts>;
