import { expect, test } from 'vitest';
import { runChaos, type Report } from '../../scripts/chaos/chaos.ts';
import { hasStatus } from '../../scripts/chaos/ledger.ts';
import { readOptions } from '../../scripts/chaos/options.ts';
import { makePlan } from '../../scripts/chaos/plan.ts';
import { QUICK_TEMPO } from '../../scripts/chaos/tempo.ts';
import { en } from '../../src/text/en.ts';
import { usePostgres } from '../support/databases.ts';

/** Half a minute where nothing else runs. */
const LONG = { timeout: 150_000 };

const { createDatabase, url } = usePostgres();

async function chaos(args: string[], databaseUrl: string | null) {
  const { signal } = new AbortController();
  // Names what doesn't settle, before the test's own time limit.
  const bounded = [...args, '--settle-seconds=60'];
  return runChaos({ options: readOptions(bounded), tempo: QUICK_TEMPO, databaseUrl, signal });
}

/** A session, or a word that there is none. */
const endedIn = ({ created, notConfirmed, notStarted }: Report): number =>
  created + notConfirmed + notStarted;

test('keeps every promise through faults and SIGKILLs on the embedded database', LONG, async () => {
  const report = await chaos(['--requests=20', '--kills=3', '--talks=5', '--seed=11'], null);
  expect(report.violations).toEqual([]);
  expect(report).toMatchObject({ kills: 3, accepted: endedIn(report) });
});

test('keeps every promise through faults and SIGKILLs of two replicas on Postgres', LONG, async () => {
  await createDatabase('chaos');
  const options = [
    '--requests=20',
    '--kills=3',
    '--talks=0',
    '--seed=12',
    '--database=postgres',
    '--replicas=2',
  ];
  const report = await chaos(options, url('chaos'));
  expect(report.violations).toEqual([]);
  expect(report).toMatchObject({ kills: 3, accepted: endedIn(report) });
});

test("reads a card's status in its headline only", () => {
  const { phases, notStarted, headline } = en.card;
  const waits = {
    text: `${headline('q1a', phases['needs-approval'])}\n${notStarted} yet: it needs an approval.`,
  };
  expect(hasStatus(waits, notStarted)).toBe(false);
  expect(hasStatus(waits, phases['needs-approval'])).toBe(true);
  expect(hasStatus({ text: headline('q1a', `${phases.ended} by <@U1>`) }, phases.ended)).toBe(true);
});

test('plans the same requests, faults and times for the same seed', () => {
  const plan = (seed: number) => makePlan(readOptions([`--seed=${seed}`]), QUICK_TEMPO.pace);
  expect(plan(7)).toEqual(plan(7));
  expect(plan(7)).not.toEqual(plan(8));
});
