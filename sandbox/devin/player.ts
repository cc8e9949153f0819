import { afterReply, type DevinWords, type Step } from './scripts.ts';
import type { SessionChange } from './session-state.ts';

/** Runs something later; the answer calls it off. */
export type Schedule = (run: () => void, ms: number) => () => void;

type PlayerDeps = {
  /** null: scripts play only by `step`. */
  schedule: Schedule | null;
  words: DevinWords;
  apply: (sessionId: string, change: SessionChange) => void;
};

type Track = { steps: Step[]; replied: boolean; cancel: (() => void) | null };

const mayPlay = ({ steps: [next], replied }: Track): boolean =>
  next !== undefined && (replied || next.afterReply !== true);

export function createPlayer({ schedule, words, apply }: PlayerDeps) {
  const tracks = new Map<string, Track>();

  function unload(sessionId: string): void {
    tracks.get(sessionId)?.cancel?.();
    tracks.delete(sessionId);
  }

  function plan(sessionId: string, track: Track): void {
    track.cancel?.();
    track.cancel = null;
    const [next] = track.steps;
    if (schedule === null || next === undefined || !mayPlay(track)) return;
    track.cancel = schedule(() => void step(sessionId), next.afterMs ?? 0);
  }

  /** Applies the next step now; false when there is none, or it waits for a person. */
  function step(sessionId: string): boolean {
    const track = tracks.get(sessionId);
    if (track === undefined || !mayPlay(track)) return false;
    const { afterMs: _afterMs, afterReply: isReply, ...change } = track.steps.shift() ?? {};
    if (isReply === true) track.replied = false;
    plan(sessionId, track);
    apply(sessionId, change);
    return true;
  }

  function load(sessionId: string, steps: readonly Step[]): void {
    unload(sessionId);
    const track = { steps: [...steps], replied: false, cancel: null };
    tracks.set(sessionId, track);
    plan(sessionId, track);
  }

  return {
    load,
    unload,
    step,
    stop: (): void => [...tracks.keys()].forEach(unload),
    /** A person wrote: a step that waits for that can play, and a script that has ended continues. */
    replied(sessionId: string): void {
      const track = tracks.get(sessionId);
      if (track === undefined) return;
      if (track.steps.length === 0) return load(sessionId, afterReply(words));
      if (track.steps[0]?.afterReply !== true) return;
      track.replied = true;
      plan(sessionId, track);
    },
  };
}
