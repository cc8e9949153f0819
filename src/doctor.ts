import { readConfig } from './config.ts';
import { examine } from './doctor/examine.ts';
import type { Finding } from './doctor/examine.ts';
import { configSentence } from './operator.ts';
import { createLanguages } from './text/languages.ts';

/** `npm run doctor`: looks at the settings and at both sides, changes nothing, and says what is wrong. */
const read = readConfig();
const { shared: text } = createLanguages(read.ok ? read.config.language : read.language);
const findings: Finding[] = read.ok
  ? [{ sign: 'ok', sentence: text.doctor.settings }, ...(await examine(read.config, text))]
  : read.problems.map((problem) => ({ sign: 'missing', sentence: configSentence(problem, text) }));
const isHealthy = findings.every(({ sign }) => sign !== 'missing');
const lines = findings.map(({ sign, sentence }) => `${text.doctor.signs[sign]}  ${sentence}`);
process.stdout.write(
  `${[...lines, '', isHealthy ? text.doctor.healthy : text.doctor.unhealthy].join('\n')}\n`,
);
process.exitCode = isHealthy ? 0 : 1;
