import type { StoredDraft } from './fields.ts';

/** Not within a word, but right after `_` for italics, `%3D` in an address, and `\n` in JSON. */
const START = String.raw`(?:(?<![A-Za-z\d-]|[A-Za-z\d-]_)|(?<=%[\dA-Fa-f]{2}|\\[nrt]))`;

/** Credentials whose format their issuer documents: how each starts, and what follows. No guesses. */
const CREDENTIALS = [
  // https://docs.slack.dev/authentication/tokens
  /(xox[a-z]-|xapp-)\d[\w-]{15,}/,
  // https://github.blog/engineering/behind-githubs-new-authentication-token-formats
  /(gh[oprsu]_|github_pat_)[\w.-]{36,}/,
  // https://docs.gitlab.com/security/tokens/#token-prefixes
  /(gl(?:pat|dt|rt)-)[\w.-]{20,}/,
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html. A presigned link ends by itself.
  /(?<!Credential(?:=|%3D))(AKIA|ASIA)(?![A-Z2-7]*EXAMPLE)[A-Z2-7]{16}(?!\w)/,
  // A secret access key has no start of its own: what names it comes first.
  /((?:(?:aws_)?secret_access_key|(?:AWS_)?SECRET_ACCESS_KEY|[sS]ecretAccessKey)["']?\s{0,3}[=:]\s{0,3}["']?)[A-Za-z0-9/+]{40}(?![\w/+])/,
  // https://www.rfc-editor.org/rfc/rfc7519: both parts are JSON objects
  /(eyJ)[\w-]{10,300}\.eyJ[\w-]{10,4000}\.[\w-]{20,4000}/,
  // https://cloud.google.com/docs/authentication/api-keys
  /(AIza)[\w-]{35}(?![\w-])/,
  // Anthropic and OpenAI
  /(sk-(?:ant|proj|svcacct|admin)-)[\w-]{40,}/,
  /(sk-)[A-Za-z0-9]{32,}/,
  // https://docs.stripe.com/keys
  /([rs]k_live_)[A-Za-z0-9]{16,}/,
  // npm
  /(npm_)[A-Za-z0-9]{36}(?!\w)/,
  // https://docs.devin.ai/api-reference/authentication
  /(cog_)[\w-]{20,}/,
  /(apk_(?:user_)?)[\w+/=-]{20,}/,
  // https://www.rfc-editor.org/rfc/rfc7468. Its first line alone is what a task is about.
  /(-----BEGIN (?:[A-Z]{2,9} ){0,2}PRIVATE KEY(?: BLOCK)?-----)(?=[^…]{0,200}?[A-Za-z0-9+/]{40})[^]*?(?:-----END [A-Z ]{0,40}-----|$)/,
  // A password in an address has letters and digits: https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1
  /([A-Za-z][A-Za-z\d+.-]{1,20}:\/\/[\w.~%-]{0,100}:)(?=[^\s/@]{0,100}[A-Za-z])(?=[^\s/@]{0,100}\d)[\w.~!&*+=%-]{6,200}(?=@)/,
].map(({ source }) => new RegExp(START + source, 'g'));

/** Names are lower-case words, and documentation writes `ghp_xxxxxxxx`. In keys, only `A` (zeros) repeats so often. */
const PLACEHOLDER = /^[^A-Z\d]*$|([B-Za-z\d])\1{7}/;

/** Text that others see: of each credential, only what all of its kind start with. `onHidden` gets that. */
export function withoutCredentials(text: string, onHidden?: (shown: string) => void): string {
  const shown = (found: string, start: string): string => {
    if (PLACEHOLDER.test(found.slice(start.length))) return found;
    onHidden?.(`${start}…`);
    return `${start}…`;
  };
  return CREDENTIALS.reduce((left, credential) => left.replaceAll(credential, shown), text);
}

/** The credentials in what people wrote themselves, each as `withoutCredentials` shows it. */
export function credentialsInDraft({
  prompt = '',
  title = '',
  attachment_urls: links = [],
}: StoredDraft): string[] {
  const hidden = new Set<string>();
  withoutCredentials([prompt, title, ...links].join('\n'), (start) => hidden.add(start));
  return [...hidden];
}

/** A draft as a person gets it in a form that another person wrote. */
export function draftForOthers<Draft extends { values: StoredDraft }>(draft: Draft): Draft {
  const { prompt, title, attachment_urls: links } = draft.values;
  return {
    ...draft,
    values: {
      ...draft.values,
      ...(prompt !== undefined && { prompt: withoutCredentials(prompt) }),
      ...(title !== undefined && { title: withoutCredentials(title) }),
      ...(links !== undefined && { attachment_urls: links.map((link) => withoutCredentials(link)) }),
    },
  };
}
