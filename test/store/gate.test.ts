import { expect, test } from 'vitest';
import { createGate } from '../../src/store/embedded/gate.ts';

function task(
  gate: ReturnType<typeof createGate>,
  urgency: 'urgent' | 'patient',
  name: string,
  order: string[],
) {
  return gate.pass(urgency, async () => {
    await Promise.resolve();
    order.push(name);
  });
}

test('what is urgent goes before what was asked earlier and has time, one at a time', async () => {
  const gate = createGate();
  const order: string[] = [];
  await Promise.all([
    task(gate, 'patient', 'first', order),
    task(gate, 'patient', 'second', order),
    task(gate, 'urgent', 'urgent 1', order),
    task(gate, 'patient', 'third', order),
    task(gate, 'urgent', 'urgent 2', order),
  ]);
  expect(order).toEqual(['first', 'urgent 1', 'urgent 2', 'second', 'third']);
});

test('what fails lets the next one in', async () => {
  const gate = createGate();
  const order: string[] = [];
  const failing = gate.pass('patient', async () => Promise.reject(new Error('failed')));
  const next = task(gate, 'patient', 'next', order);
  await expect(failing).rejects.toThrow('failed');
  await next;
  expect(order).toEqual(['next']);
});
