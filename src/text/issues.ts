import type { z } from 'zod';
import type { Text } from './index.ts';

/** What is wrong with a value that a schema refused, after its name: `must be at least 5.` */
export function issueWords(issue: z.core.$ZodIssue, { policy: { faults } }: Text): string {
  switch (issue.code) {
    case 'invalid_type':
      return Object.entries(faults.type).find(([type]) => type === issue.expected)?.[1] ?? faults.wrong;
    case 'invalid_value':
      return faults.values(issue.values.map(String).join(faults.or));
    case 'too_small':
      return isCounted(issue.origin) ? faults.empty : faults.atLeast(String(issue.minimum));
    case 'too_big':
      return (isCounted(issue.origin) ? faults.tooLong : faults.atMost)(String(issue.maximum));
    default:
      return faults.wrong;
  }
}

const isCounted = (origin: string): boolean => origin === 'string' || origin === 'array';
