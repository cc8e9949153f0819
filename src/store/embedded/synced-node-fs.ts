import { fsyncSync } from 'node:fs';
import type { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

export type Fsync = (fd: number) => void;

/**
 * A folder on disk with a working fsync. Emscripten's NODEFS has none: Postgres' calls succeed and do nothing, so
 * a power cut would take what was acknowledged. Files and folders both come here; both have a descriptor.
 * https://github.com/emscripten-core/emscripten/blob/main/src/lib/libnodefs.js
 */
export class SyncedNodeFS extends NodeFS {
  readonly #fsync: Fsync;

  constructor(folder: string, fsync: Fsync = fsyncSync) {
    super(folder);
    this.#fsync = fsync;
  }

  override async init(pg: PGlite, options: Parameters<NodeFS['init']>[1]): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pg, options);
    const install = (module: unknown): void => installFsync(module, this.#fsync);
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), install] } };
  }
}

/** Node.js errors become Emscripten's, which Postgres sees as a failed fsync and answers with a panic. */
function installFsync(module: unknown, fsync: Fsync): void {
  if (!hasNodeFiles(module)) throw new Error('PGlite changed: its module has no NODEFS to add fsync to');
  const files = module.NODEFS;
  files.stream_ops['fsync'] = ({ nfd }: { nfd: number }): number => {
    files.tryFSOperation(() => fsync(nfd));
    return 0;
  };
}

type NodeFiles = { stream_ops: Record<string, unknown>; tryFSOperation(operation: () => void): void };

function hasNodeFiles(module: unknown): module is { NODEFS: NodeFiles } {
  if (!isObject(module) || !('NODEFS' in module) || !isObject(module.NODEFS)) return false;
  const files = module.NODEFS;
  return 'stream_ops' in files && 'tryFSOperation' in files && typeof files.tryFSOperation === 'function';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
