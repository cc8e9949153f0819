/** The demo's checklist, in order; the page shows it and the terminal lists it. */
export const GUIDE_STEPS = ['command', 'thread', 'answer', 'approve', 'kill', 'stranger'] as const;

export type GuideStep = (typeof GUIDE_STEPS)[number];
