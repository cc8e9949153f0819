import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createBotProcess, type BotProcess } from '../../sandbox/bot-process.ts';

export type Replicas = {
  /** Resolves when all are ready for the first time. */
  start: () => Promise<void>;
  /** When one runs, or is ready. */
  until: (replica: number, of: 'start' | 'life') => Promise<void>;
  /** SIGKILL, at any moment. */
  kill: (replica: number) => Promise<void>;
  kills: () => number;
  /** How many people had neither a card nor a word for 30 s, by the metrics of the processes, each at its end. */
  silent: () => number;
  /** The last words of processes that ended without being killed. */
  ownEnds: readonly string[];
  /** Where one has its embedded database. */
  dataDir: (replica: number) => string;
  stop: () => Promise<void>;
};

type ReplicasOptions = {
  count: number;
  environment: Record<string, string>;
  program: string | null;
  /** Holds a folder of data and a log for each. */
  folder: string;
  /** Called whenever one starts or ends. */
  onAddresses: (addresses: string[]) => void;
};

/** Processes of the app. Each is restarted as soon as it ends, as by a supervisor. */
export async function createReplicas(options: ReplicasOptions): Promise<Replicas> {
  const ownEnds: string[] = [];
  const numbers = Array.from({ length: options.count }, (_, replica) => replica);
  const replicas = await Promise.all(numbers.map(async (number) => createReplica(options, number, onChange)));

  function onChange(): void {
    const addresses = replicas.flatMap(({ bot }) => bot.state().address ?? []);
    options.onAddresses(addresses.map((address) => `${address}/slack/events`));
  }

  return {
    start: async () => {
      await Promise.all(replicas.map(async ({ supervise }) => supervise(ownEnds)));
    },
    until: async (replica, of) => replicas[replica]?.until(of),
    kill: async (replica) => replicas[replica]?.kill(),
    kills: () => replicas.reduce((sum, { kills }) => sum + kills(), 0),
    silent: () => replicas.reduce((sum, { silent }) => sum + silent(), 0),
    ownEnds,
    dataDir: (replica) => join(folderOf(options, replica), 'data'),
    stop: async () => {
      await Promise.all(replicas.map(async ({ stop }) => stop()));
    },
  };
}

function folderOf({ folder }: ReplicasOptions, number: number): string {
  return join(folder, `replica-${number + 1}`);
}

async function createReplica(options: ReplicasOptions, number: number, onChange: () => void) {
  const folder = folderOf(options, number);
  await mkdir(folder, { recursive: true });
  const log = createWriteStream(join(folder, 'app.log'), { flags: 'a' });
  const bot = createBotProcess({
    environment: { ...options.environment, DATA_DIR: join(folder, 'data'), TMPDIR: folder },
    folder,
    onLine: (line) => void log.write(`${line}\n`),
    ...(options.program !== null && { program: options.program }),
  });
  bot.subscribe(onChange);
  const life = { isStopping: false, kills: 0, silent: 0 };

  async function supervise(ownEnds: string[]): Promise<void> {
    const first = Promise.withResolvers<void>();
    void keepUp(ownEnds, first.resolve).catch(first.reject);
    await first.promise;
  }

  async function keepUp(ownEnds: string[], onReady: () => void): Promise<void> {
    while (!life.isStopping) {
      const { kills } = life;
      await bot.start().then(onReady, () => undefined);
      await ended(bot);
      if (life.kills === kills && !life.isStopping) ownEnds.push(lastWords(bot, number));
      if (ownEnds.length > MOST_OWN_ENDS) throw new Error(ownEnds.join('\n'));
    }
  }

  return {
    bot,
    supervise,
    kills: () => life.kills,
    silent: () => life.silent,
    until: async (of: 'start' | 'life') =>
      soon(bot, ({ status, address }) => (of === 'start' ? status !== 'ended' : address !== null)),
    async kill() {
      // Between two lives: the next one, as it begins.
      await soon(bot, ({ status }) => status !== 'ended');
      life.kills += 1;
      life.silent += await silentOf(bot);
      log.write('--- killed\n');
      await bot.kill();
    },
    async stop() {
      life.isStopping = true;
      life.silent += await silentOf(bot);
      await bot.stop();
      log.end();
    },
  };
}

const SILENT = /^devin_slack_silent_total (\d+)$/m;
const ANSWER_MS = 1000;

/** How many people this process left without a card or a word for 30 s. */
async function silentOf(bot: BotProcess): Promise<number> {
  const { address } = bot.state();
  if (address === null) return 0;
  const asked = fetch(`${address}/metrics`, { signal: AbortSignal.timeout(ANSWER_MS) });
  const text = await asked.then(async (response) => response.text()).catch(() => '');
  return Number(SILENT.exec(text)?.[1] ?? 0);
}

const MOST_OWN_ENDS = 5;
const MOST_START_MS = 60_000;

type Fits = (state: ReturnType<BotProcess['state']>) => boolean;

function lastWords(bot: BotProcess, number: number): string {
  return `replica ${number + 1} ended by itself: ${bot.state().lastWords.join(' | ')}`;
}

async function ended(bot: BotProcess): Promise<void> {
  await until(bot, ({ status }) => status === 'ended');
}

/** Resolves even if it takes too long: a process that can't start doesn't stop the run. */
async function soon(bot: BotProcess, fits: Fits): Promise<void> {
  await Promise.race([until(bot, fits), delay(MOST_START_MS, undefined, { ref: false })]);
}

async function until(bot: BotProcess, fits: Fits): Promise<void> {
  if (fits(bot.state())) return;
  await new Promise<void>((resolve) => {
    const stop = bot.subscribe(() => {
      if (!fits(bot.state())) return;
      stop();
      resolve();
    });
  });
}
