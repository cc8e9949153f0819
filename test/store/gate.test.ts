import { expect, test } from 'vitest';
import { createPriorityGate } from '../../src/store/embedded/database-thread.ts';

function task(
  gate: ReturnType<typeof createPriorityGate>,
  priority: 'interactive' | 'background',
  name: string,
  order: string[],
) {
  return gate.pass(priority, async () => {
    await Promise.resolve();
    order.push(name);
  });
}

test('interactive work goes before earlier background work, one at a time', async () => {
  const gate = createPriorityGate();
  const order: string[] = [];
  await Promise.all([
    task(gate, 'background', 'first', order),
    task(gate, 'background', 'second', order),
    task(gate, 'interactive', 'interactive 1', order),
    task(gate, 'background', 'third', order),
    task(gate, 'interactive', 'interactive 2', order),
  ]);
  expect(order).toEqual(['first', 'interactive 1', 'interactive 2', 'second', 'third']);
});

test('failed work lets the next in', async () => {
  const gate = createPriorityGate();
  const order: string[] = [];
  const failing = gate.pass('background', async () => Promise.reject(new Error('failed')));
  const next = task(gate, 'background', 'next', order);
  await expect(failing).rejects.toThrow('failed');
  await next;
  expect(order).toEqual(['next']);
});
