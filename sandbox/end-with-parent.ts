/** Preloaded into the app's process: ends the app when the sandbox is killed. */
process.once('disconnect', () => process.exit(1));
