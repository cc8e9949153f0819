import { parseConfig, readEnvironment } from '../config.ts';
import { createLanguages } from '../text/languages.ts';
import { FINE, print, readArguments, runCommand, WRONG } from './command-line.ts';
import { diagnose } from './findings.ts';

/** `npm run doctor`: checks the settings, Slack, Devin and the database, changes nothing, and says what is wrong. */
const read = parseConfig(readEnvironment());
const { shared: text } = createLanguages(read.ok ? read.config.language : read.language);

process.exitCode = await runCommand({
  usage: text.doctor.usage,
  run: async (args) => {
    readArguments(args, { options: {}, words: text.commandLine });
    const { lines, isHealthy } = await diagnose(read, text);
    return print(lines, isHealthy ? FINE : WRONG);
  },
});
