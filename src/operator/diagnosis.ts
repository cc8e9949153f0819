import type { parseConfig } from '../config.ts';
import type { Text } from '../text/index.ts';
import { examine, type Finding } from './findings.ts';
import { configSentence } from './sentences.ts';

type Settings = ReturnType<typeof parseConfig>;

/** What the doctor prints about these settings. */
export async function diagnose(
  settings: Settings,
  text: Text,
): Promise<{ lines: string[]; isHealthy: boolean }> {
  const findings = await find(settings, text);
  const isHealthy = findings.every(({ sign }) => sign !== 'missing');
  // What keeps both tokens from being checked is said once.
  const lines = new Set(findings.map(({ sign, sentence }) => `${text.doctor.signs[sign]}  ${sentence}`));
  return { lines: [...lines, '', isHealthy ? text.doctor.healthy : text.doctor.unhealthy], isHealthy };
}

async function find(settings: Settings, text: Text): Promise<Finding[]> {
  const misspelled = settings.misspelled.map(({ name, meant }): Finding => ({
    sign: 'warning',
    sentence: text.config.misspelled(name, meant),
  }));
  const findings: Finding[] = settings.ok
    ? [{ sign: 'ok', sentence: text.doctor.settings }, ...(await examine(settings.config, text))]
    : settings.problems.map((problem) => ({ sign: 'missing', sentence: configSentence(problem, text) }));
  return [...misspelled, ...findings];
}
