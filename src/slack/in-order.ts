/** Runs tasks with the same key one after another, as they come. One that fails doesn't stop the next. */
export function createInOrder() {
  const last = new Map<string, Promise<void>>();
  return async (key: string, task: () => Promise<void>): Promise<void> => {
    const before = last.get(key);
    const done = before === undefined ? task() : before.then(task, task);
    last.set(key, done);
    try {
      await done;
    } finally {
      if (last.get(key) === done) last.delete(key);
    }
  };
}
