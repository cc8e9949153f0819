import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Command, Shortcut } from './page/client/wire.ts';

const FILE = new URL('../manifest.yml', import.meta.url);

const manifestSchema = z.object({
  display_information: z.object({ name: z.string() }),
  features: z.object({
    slash_commands: z
      .array(z.object({ command: z.string(), description: z.string(), usage_hint: z.string().default('') }))
      .default([]),
    shortcuts: z
      .array(
        z.object({ name: z.string(), type: z.string(), callback_id: z.string(), description: z.string() }),
      )
      .default([]),
  }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.object({ event_subscriptions: z.object({ bot_events: z.array(z.string()) }) }),
});

export type Manifest = {
  appName: string;
  commands: Command[];
  shortcuts: Shortcut[];
  scopes: string[];
  /** The events the app gets. */
  botEvents: string[];
};

/** What the app adds to Slack: the same file that installs it in a real workspace. */
export const MANIFEST: Manifest = readManifest();

function readManifest(): Manifest {
  const { display_information, features, oauth_config, settings } = manifestSchema.parse(
    parse(readFileSync(FILE, 'utf8')),
  );
  return {
    appName: display_information.name,
    commands: features.slash_commands.map(({ command, description, usage_hint }) => ({
      name: command,
      description,
      usageHint: usage_hint,
    })),
    shortcuts: features.shortcuts
      .filter(({ type }) => type === 'message')
      .map(({ name, callback_id, description }) => ({ name, callbackId: callback_id, description })),
    scopes: oauth_config.scopes.bot,
    botEvents: settings.event_subscriptions.bot_events,
  };
}
