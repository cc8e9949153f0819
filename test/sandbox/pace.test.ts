import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createPace } from '../../sandbox/pace.ts';

describe('the pace of scripts', () => {
  let played: string[];
  const play = (what: string) => () => void played.push(what);
  beforeEach(() => {
    played = [];
    vi.useFakeTimers();
  });
  afterEach(() => void vi.useRealTimers());

  test('runs each task after its delay divided by the speed', () => {
    const { schedule } = createPace(5);
    schedule(play('step'), 1000);
    vi.advanceTimersByTime(199);
    expect(played).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(played).toEqual(['step']);
  });

  test('pauses at speed 0 and continues with the remaining time', () => {
    const { schedule, setSpeed } = createPace(1);
    schedule(play('step'), 1000);
    vi.advanceTimersByTime(600);
    setSpeed(0);
    vi.advanceTimersByTime(60_000);
    expect(played).toEqual([]);
    setSpeed(2);
    vi.advanceTimersByTime(199);
    expect(played).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(played).toEqual(['step']);
  });

  test('keeps tasks that are added while it is paused', () => {
    const { schedule, setSpeed } = createPace(0);
    schedule(play('step'), 100);
    setSpeed(1);
    vi.advanceTimersByTime(100);
    expect(played).toEqual(['step']);
  });

  test('runs no canceled task, at any speed', () => {
    const { schedule, setSpeed } = createPace(1);
    const cancel = schedule(play('step'), 100);
    cancel();
    setSpeed(20);
    vi.advanceTimersByTime(1000);
    expect(played).toEqual([]);
  });
});
