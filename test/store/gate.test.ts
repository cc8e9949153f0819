import { expect, test } from 'vitest';
import { createPriorityGate } from '../../src/store/embedded/gate.ts';

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
  expect(order).toEqual(['interactive 1', 'interactive 2', 'first', 'second', 'third']);
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

test('background work waits between the statements of what a person waits for', async () => {
  const gate = createPriorityGate();
  const order: string[] = [];
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const preferred = gate.withPriority(async () => {
    await task(gate, 'interactive', 'one', order);
    await asked;
    await task(gate, 'interactive', 'two', order);
  });
  const background = task(gate, 'background', 'background', order);
  ask();
  await Promise.all([preferred, background]);
  expect(order).toEqual(['one', 'two', 'background']);
});
