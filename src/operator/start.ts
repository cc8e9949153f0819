import { readOperatorSettings } from '../config.ts';
import { FINE, readArguments, runCommand } from './command-line.ts';

/** `npm start` with arguments: it takes none, and the app doesn't start. */
const { text } = readOperatorSettings();

process.exitCode = await runCommand({
  usage: text.start.usage,
  run: async (args) => {
    readArguments(args, { options: {}, words: text.commandLine });
    return FINE;
  },
});
