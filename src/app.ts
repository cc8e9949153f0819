import type { Config } from './config.ts';
import { createCreation } from './wiring/creation.ts';
import { createEdge } from './wiring/edge.ts';
import { createGreeting, createHome } from './wiring/home.ts';
import { createLife } from './wiring/life.ts';
import type { Bot } from './wiring/life.ts';
import { createParts } from './wiring/parts.ts';
import { createRelayToSession, createRelayToThread } from './wiring/relays.ts';
import { createRestoring } from './wiring/restoring.ts';
import type { Overrides } from './wiring/settings.ts';
import { createSteering } from './wiring/steering.ts';
import { createTidyingUp } from './wiring/tidying.ts';
import { createWatching } from './wiring/watching.ts';

export type { Bot, Overrides };

/** The whole bot, put together in `wiring/`. Opens the database; everything else waits for `start`. */
export async function createBot(config: Config, overrides: Overrides = {}): Promise<Bot> {
  const parts = await createParts(config, overrides);
  const { watcher, recorder } = createWatching(parts);
  createSteering(parts, recorder);
  createRestoring(parts);
  createRelayToThread(parts);
  createRelayToSession(parts, recorder);
  const sweep = createCreation(parts);
  createHome(parts);
  createGreeting(parts);
  const server = createEdge(parts);
  return createLife(parts, { sweep, watcher, server, tidying: createTidyingUp(parts) });
}
