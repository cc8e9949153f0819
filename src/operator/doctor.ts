import { parseConfig, readEnvironment } from '../config.ts';
import { createLanguages } from '../text/languages.ts';
import { FINE, print, readArguments, runCommand, WRONG } from './command-line.ts';
import { examine, type Finding } from './findings.ts';
import { configSentence } from './sentences.ts';

/** `npm run doctor`: checks the settings, Slack, Devin and the database, changes nothing, and says what is wrong. */
const read = parseConfig(readEnvironment());
const { shared: text } = createLanguages(read.ok ? read.config.language : read.language);

process.exitCode = await runCommand({
  usage: text.doctor.usage,
  run: async (args) => {
    readArguments(args, { options: {}, words: text.commandLine });
    return report(await find());
  },
});

async function find(): Promise<Finding[]> {
  const misspelled = read.misspelled.map(({ name, meant }): Finding => ({
    sign: 'warning',
    sentence: text.config.misspelled(name, meant),
  }));
  const findings: Finding[] = read.ok
    ? [{ sign: 'ok', sentence: text.doctor.settings }, ...(await examine(read.config, text))]
    : read.problems.map((problem) => ({ sign: 'missing', sentence: configSentence(problem, text) }));
  return [...misspelled, ...findings];
}

/** Returns the exit code. */
function report(findings: readonly Finding[]): number {
  const isHealthy = findings.every(({ sign }) => sign !== 'missing');
  // What keeps both tokens from being checked is said once.
  const lines = new Set(findings.map(({ sign, sentence }) => `${text.doctor.signs[sign]}  ${sentence}`));
  return print(
    [...lines, '', isHealthy ? text.doctor.healthy : text.doctor.unhealthy],
    isHealthy ? FINE : WRONG,
  );
}
