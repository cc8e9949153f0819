if (process.argv.length > 2) await import('./operator/start.ts');
else {
  // Until the app has begun, there is nothing to stop.
  const leave = (): never => process.exit(0);
  process.on('SIGTERM', leave);
  process.on('SIGINT', leave);
  const { parseConfig, readEnvironment } = await import('./config.ts');
  const { openEmbedded } = await import('./store/embedded/embedded.ts');
  const read = parseConfig(readEnvironment());
  // It opens in a thread of its own, while the rest of the app is loaded.
  const embedded = read.ok && read.config.store.databaseUrl === null ? openEmbedded(read.config.store) : null;
  // If it fails, `run` reports that.
  embedded?.catch(() => undefined);
  const { run } = await import('./run.ts');
  await run(read, embedded);
}
