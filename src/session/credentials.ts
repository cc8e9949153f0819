import type { StoredDraft } from './fields.ts';

/**
 * Credentials whose format their issuer documents: how each starts, and what follows. Nothing else is guessed. Of a private
 * key, all lines count.
 */
const CREDENTIALS = [
  // https://docs.slack.dev/authentication/tokens
  /(xox[a-z]-|xapp-)\d[\w-]{15,}/,
  // https://github.blog/engineering/behind-githubs-new-authentication-token-formats
  /(gh[oprsu]_|github_pat_)[\w.-]{36,}/,
  // https://docs.gitlab.com/security/tokens/#token-prefixes
  /(gl(?:pat|dt|rt)-)[\w.-]{20,}/,
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html. A presigned link ends by itself.
  /(?<!Credential=)(AKIA|ASIA)(?![A-Z2-7]*EXAMPLE)[A-Z2-7]{16}(?!\w)/,
  // https://cloud.google.com/docs/authentication/api-keys
  /(AIza)[\w-]{35}(?![\w-])/,
  // Anthropic and OpenAI
  /(sk-(?:ant|proj|svcacct|admin)-)[\w-]{20,}/,
  /(sk-)[A-Za-z0-9]{32,}/,
  // https://docs.stripe.com/keys
  /([rs]k_live_)[A-Za-z0-9]{16,}/,
  // https://docs.npmjs.com/about-access-tokens
  /(npm_)[A-Za-z0-9]{36}(?!\w)/,
  // Devin
  /(cog_|apk_(?:user_)?)[A-Za-z0-9_-]{20,}/,
  // https://www.rfc-editor.org/rfc/rfc7468
  /(-----BEGIN (?:[A-Z]{2,9} ){0,2}PRIVATE KEY(?: BLOCK)?-----)[^]*?(?:-----END [A-Z ]{0,40}-----|$)/,
].map(({ source }) => new RegExp(`(?<![\\w-])${source}`, 'g'));

/** Text that others see: of each credential, only what all of its kind start with. */
export function withoutCredentials(text: string): string {
  return CREDENTIALS.reduce((left, credential) => left.replaceAll(credential, '$1…'), text);
}

/** The first credential in a text, as `withoutCredentials` shows it; null: there is none. */
export function credentialIn(text: string): string | null {
  const [found] = CREDENTIALS.flatMap((credential) => text.match(credential) ?? []);
  return found === undefined ? null : withoutCredentials(found);
}

/** The same in what people wrote themselves. An attached link can be presigned: it ends by itself. */
export function credentialInDraft({ prompt = '', title = '' }: StoredDraft): string | null {
  return credentialIn(`${prompt}\n${title}`);
}
