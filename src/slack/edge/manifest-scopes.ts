import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const manifestSchema = z.object({
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
});

/** The scopes that the app asks for when it is installed. */
export function manifestScopes(): string[] {
  const manifest: unknown = parse(readFileSync(new URL('../../../manifest.yml', import.meta.url), 'utf8'));
  return manifestSchema.parse(manifest).oauth_config.scopes.bot;
}

/** What the app was installed without, as far as Slack says. */
export function missingScopes(granted: readonly string[] | null): string[] {
  return granted === null ? [] : manifestScopes().filter((scope) => !granted.includes(scope));
}
