/** Preloaded into the app's process: whoever kills the sandbox leaves nobody behind who could end the app. */
process.once('disconnect', () => process.exit(1));
