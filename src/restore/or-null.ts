import { DevinError } from '../devin/errors.ts';

/** What Devin does not tell is done without; while it is busy, the job waits. */
export async function orNull<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof DevinError && error.code !== 'rate-limited') return null;
    throw error;
  }
}
