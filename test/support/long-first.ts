import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Longest first. Vitest remembers how long files took, but a clean clone has no such memory. */
const LONG = [
  'crash/crash',
  'chaos/chaos',
  'store/plans',
  'hostile/linear',
  'crash/threads',
  'queue/jobs',
  'flows/devin-faults',
  'operator/doctor',
  'flows/watching',
  'flows/thread-from-devin',
  'flows/thread-to-devin',
  'flows/steering',
  'crash/main',
  'flows/session-commands',
  'store/embedded',
  'flows/card-faults',
  'flows/endpoints',
];

/** Long files begin first, so that none is left alone at the end. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => rank(one) - rank(other));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const place = LONG.findIndex((name) => moduleId.endsWith(`test/${name}.test.ts`));
  return place === -1 ? LONG.length : place;
}
