import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import type { BotProcess } from '../bot-process.ts';
import type { LocalDevin } from '../devin/index.ts';
import { sendJson } from '../loopback.ts';
import type { LocalSlack } from '../slack/index.ts';
import { controlSchema, type ControlAct } from './act-schema.ts';
import type { ControlState, ScriptChoice } from './client/wire.ts';
import { exchangesOf } from './control-log.ts';
import { readJson, Refusal } from './http.ts';
import type { PageControl } from './server.ts';

type ControlOptions = { slack: LocalSlack; devin: LocalDevin; bot: BotProcess };

/** What sessions created from now on play. */
type Parts = ControlOptions & { chosen: { script: ScriptChoice } };

/** The sandbox's controls and request list, for the panel next to the page. */
export function createControl(options: ControlOptions): PageControl {
  const parts: Parts = { ...options, chosen: { script: 'normal' } };
  return {
    handle: async (request, response) => handle(parts, request, response),
    subscribe(listener) {
      const stops = [options.bot.subscribe(listener), options.devin.subscribe(listener)];
      return () => stops.forEach((stop) => stop());
    },
  };
}

async function handle(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://page');
  switch (`${request.method ?? ''} ${pathname}`) {
    case 'GET /api/control/state':
      return sendJson(response, stateOf(parts));
    case 'POST /api/control/act': {
      const parsed = controlSchema.safeParse(await readJson(request));
      if (!parsed.success) throw new Refusal(z.prettifyError(parsed.error));
      await run(parts, parsed.data);
      return sendJson(response, stateOf(parts));
    }
    default:
      throw new Refusal(`The controls have nothing at ${pathname}.`, 404);
  }
}

async function run({ slack, devin, bot, chosen }: Parts, act: ControlAct): Promise<void> {
  switch (act.do) {
    case 'kill-bot':
      return bot.kill();
    case 'start-bot':
      return bot.start().catch((error: unknown) => {
        throw new Refusal(error instanceof Error ? error.message : String(error), 500);
      });
    case 'kill-after-command':
      return killAfterCommand(slack, bot);
    case 'set-script':
      chosen.script = act.script;
      return devin.script(act.script);
  }
}

/** How long people see that it is down. */
const DOWN_MS = 3000;

/** Kills the app as soon as it has answered the next command, before it can have done much about it. If it doesn't start, its log says why. */
function killAfterCommand(slack: LocalSlack, bot: BotProcess): void {
  const stop = slack.subscribe((change) => {
    if (change.kind !== 'delivery' || change.delivery.kind !== 'command') return;
    stop();
    void (async () => {
      await bot.kill();
      await setTimeout(DOWN_MS);
      await bot.start().catch(() => undefined);
    })();
  });
}

function stateOf({ slack, devin, bot, chosen }: Parts): ControlState {
  const { status, pid, starts } = bot.state();
  return { bot: { status, pid, starts }, script: chosen.script, exchanges: exchangesOf({ slack, devin }) };
}
