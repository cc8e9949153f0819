import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Longest first. Vitest remembers how long files took, but a clean clone has no such memory. */
const LONG = [
  'crash/crash',
  'chaos/chaos',
  'crash/main',
  'crash/threads',
  'flows/thread-from-devin',
  'flows/devin-faults',
  'flows/url-first',
  'flows/one-message',
  'hostile/linear',
  'flows/thread-to-devin',
  'queue/jobs',
  'flows/approvals',
  'create/writes',
  'flows/steering',
  'crash/approvals',
  'store/plans',
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
