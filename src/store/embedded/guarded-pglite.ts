import { PGlite } from '@electric-sql/pglite';
import type { PGliteOptions } from '@electric-sql/pglite';

/**
 * A PGlite that knows when it is dead. After a panic (the disk is full or failed) Postgres must be restarted and
 * recovers from its log; PGlite lets the next statement in, which then never returns and stops the whole process.
 * https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-SEVERITY-LEVELS
 */
export class GuardedPGlite extends PGlite {
  #panic: Error | null = null;
  readonly #onPanic: (panic: Error) => void;

  constructor(options: PGliteOptions, onPanic: (panic: Error) => void) {
    super(options);
    this.#onPanic = onPanic;
  }

  override execProtocolRawSync(message: Uint8Array): Uint8Array {
    if (this.#panic !== null) throw this.#panic;
    return super.execProtocolRawSync(message);
  }

  override async execProtocolStream(
    ...parameters: Parameters<PGlite['execProtocolStream']>
  ): ReturnType<PGlite['execProtocolStream']> {
    try {
      return await super.execProtocolStream(...parameters);
    } catch (error) {
      if (this.#panic === null && isPanic(error)) {
        this.#panic = error;
        this.#onPanic(error);
      }
      throw error;
    }
  }
}

function isPanic(error: unknown): error is Error {
  if (!(error instanceof Error) || !('severity' in error)) return false;
  return error.severity === 'PANIC' || error.severity === 'FATAL';
}
