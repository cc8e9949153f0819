import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

/** What the parts that are used take. https://github.com/slackapi/manifest-schema/blob/main/schemas/manifest.schema.2.0.0.json */
const words = (max: number, min = 1) => z.string().min(min).max(max);
const address = z.url({ protocol: /^https$/ }).max(3000);

const displaySchema = z.strictObject({
  name: words(35),
  description: words(140).optional(),
  long_description: words(4000, 175).optional(),
  background_color: z
    .string()
    .regex(/^#[0-9a-f]{3}(?:[0-9a-f]{3})?$/i)
    .optional(),
});

const featuresSchema = z.strictObject({
  app_home: z
    .strictObject({
      home_tab_enabled: z.boolean().optional(),
      messages_tab_enabled: z.boolean().optional(),
      messages_tab_read_only_enabled: z.boolean().optional(),
    })
    .optional(),
  bot_user: z.strictObject({ display_name: words(80), always_online: z.boolean().optional() }),
  slash_commands: z
    .array(
      z.strictObject({
        command: words(32, 2).startsWith('/'),
        url: address.optional(),
        description: words(2000),
        usage_hint: words(1000).optional(),
        should_escape: z.boolean().optional(),
      }),
    )
    .min(1)
    .max(50),
  shortcuts: z
    .array(
      z.strictObject({
        name: words(24),
        type: z.enum(['message', 'global']),
        callback_id: words(255),
        description: words(150),
      }),
    )
    .min(1)
    .max(10),
});

/** Events, and the scopes each needs. https://docs.slack.dev/reference/events */
const EVENTS = {
  'message.channels': ['channels:history'],
  'message.groups': ['groups:history'],
  'message.im': ['im:history'],
  'message.mpim': ['mpim:history'],
  app_home_opened: [],
  app_mention: ['app_mentions:read'],
  app_uninstalled: [],
  tokens_revoked: [],
  reaction_added: ['reactions:read'],
  member_joined_channel: ['channels:read', 'groups:read'],
  channel_id_changed: ['groups:read'],
  channel_unarchive: ['channels:read'],
  group_unarchive: ['groups:read'],
  file_shared: ['files:read'],
  user_change: ['users:read'],
} as const satisfies Record<string, readonly string[]>;

const HISTORY = ['channels:history', 'groups:history', 'im:history', 'mpim:history'] as const;
/** Not for direct messages. */
const CONVERSATIONS = ['channels:read', 'groups:read', 'mpim:read'] as const;

/** Methods, and the scopes each needs as it is used here: https://docs.slack.dev/reference/methods/<method> */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  'auth.test': [],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.history': HISTORY,
  'conversations.info': CONVERSATIONS,
  'conversations.members': CONVERSATIONS,
  'conversations.open': ['im:write'],
  'conversations.replies': HISTORY,
  'files.completeUploadExternal': ['files:write'],
  'files.getUploadURLExternal': ['files:write'],
  // Their content is downloaded with the same scope. https://docs.slack.dev/messaging/working-with-files
  'files.info': ['files:read'],
  'reactions.add': ['reactions:write'],
  'reactions.remove': ['reactions:write'],
  // The second is for the e-mail address in the profile. https://docs.slack.dev/reference/scopes/users.read.email
  'users.info': ['users:read', 'users:read.email'],
  'users.lookupByEmail': ['users:read.email'],
  'usergroups.users.list': ['usergroups:read'],
  'views.open': [],
  'views.publish': [],
  'views.push': [],
  'views.update': [],
};

/** https://docs.slack.dev/reference/scopes/commands */
const FOR_COMMANDS = 'commands';
const needed = [...Object.values(EVENTS), ...Object.values(METHODS)].flat();
/** Those that exist and that something here may need. https://docs.slack.dev/reference/scopes */
const SCOPES = new Set<string>([FOR_COMMANDS, ...needed]);

const eventNames = z.string().refine((name) => Object.hasOwn(EVENTS, name), 'no event that is known here');
const settingsSchema = z.strictObject({
  event_subscriptions: z.strictObject({
    request_url: address.optional(),
    bot_events: z.array(eventNames).max(100),
  }),
  interactivity: z.strictObject({
    is_enabled: z.boolean(),
    request_url: address.optional(),
    message_menu_options_url: address.optional(),
  }),
  org_deploy_enabled: z.boolean().optional(),
  socket_mode_enabled: z.boolean().optional(),
  token_rotation_enabled: z.boolean().optional(),
});

const manifestSchema = z.strictObject({
  display_information: displaySchema,
  features: featuresSchema,
  oauth_config: z.strictObject({
    scopes: z.strictObject({
      bot: z.array(z.string().refine((scope) => SCOPES.has(scope), 'no scope that is known here')).max(255),
    }),
  }),
  settings: settingsSchema,
});

const lines = readFileSync('manifest.yml', 'utf8');
const read = (text: string) => manifestSchema.parse(parse(text));
const manifest = read(lines);
const requested = manifest.oauth_config.scopes.bot;

/** Methods of the Web API that the sources call. */
function calledMethods(): string[] {
  const sources = globSync('src/**/*.ts');
  const call = /\b(?:client|answers|background)\s*\.\s*([a-z]+)\s*\.\s*([a-zA-Z]+(?:\.[a-zA-Z]+)?)\s*\(/g;
  const found = sources.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(call)].map(([, group, name]) => `${group}.${name}`),
  );
  return [...new Set(found)].toSorted();
}

/** Scopes that the events it subscribes to need, each with the event. */
function neededByEvents(): { what: string; scope: string }[] {
  const { bot_events: subscribed } = manifest.settings.event_subscriptions;
  return Object.entries(EVENTS)
    .filter(([event]) => subscribed.includes(event))
    .flatMap(([what, scopes]) => scopes.map((scope) => ({ what, scope })));
}

describe('the manifest', () => {
  test('is valid as it is, and for HTTP with the URLs uncommented', () => {
    expect(new Set(requested).size).toBe(requested.length);
    expect(manifest.settings.socket_mode_enabled).toBe(true);
    const { features, settings } = read(lines.replaceAll(/^(\s*)# (?=[a-z_]*url:)/gm, '$1'));
    const addresses = [
      settings.event_subscriptions.request_url,
      settings.interactivity.request_url,
      settings.interactivity.message_menu_options_url,
      ...features.slash_commands.map(({ url }) => url),
    ];
    for (const url of addresses) expect(url).toMatch(/\/slack\/events$/);
  });

  test('subscribes to what the app listens to, under a name of its own', () => {
    const [source = ''] = readFileSync('src/slack/edge/payload.ts', 'utf8').split('const knownSchema');
    const heard = [...source.matchAll(/\btype: z\.(?:literal|enum)\((?<names>[^)]+)\)/g)].flatMap(
      ({ groups }) => [...(groups?.['names'] ?? '').matchAll(/\w+/g)].map(([event]) => event),
    );
    const events = heard.flatMap((event) =>
      event === 'message' ? Object.keys(EVENTS).filter((name) => name.startsWith('message.')) : [event],
    );
    expect(new Set(manifest.settings.event_subscriptions.bot_events)).toEqual(new Set(events));
    expect(manifest.settings.interactivity.is_enabled).toBe(true);
    // People would invite Devin's own app instead.
    const names = [manifest.display_information.name, manifest.features.bot_user.display_name];
    expect(names).toEqual(['Devin Sessions', 'Devin Sessions']);
  });

  test('asks for the scopes of every event it subscribes to', () => {
    expect(neededByEvents()).not.toEqual([]);
    expect(neededByEvents().filter(({ scope }) => !requested.includes(scope))).toEqual([]);
  });

  test('asks for the scopes of every method that is called', () => {
    const called = calledMethods();
    for (const method of ['chat.postMessage', 'chat.update', 'views.open']) expect(called).toContain(method);
    // A missing one needs a row above, with its scopes.
    expect(called.filter((method) => !Object.hasOwn(METHODS, method))).toEqual([]);
    const lacking = called.flatMap((method) =>
      (METHODS[method] ?? [])
        .filter((scope) => !requested.includes(scope))
        .map((scope) => ({ method, scope })),
    );
    expect(lacking).toEqual([]);
  });

  test('asks for no scope that nothing needs', () => {
    const byEvents = neededByEvents().map(({ scope }) => scope);
    const byMethods = calledMethods().flatMap((method) => METHODS[method] ?? []);
    for (const scope of requested) expect([FOR_COMMANDS, ...byEvents, ...byMethods]).toContain(scope);
  });
});
