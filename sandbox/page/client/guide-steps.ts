/** The demo's checklist, in order; the page shows it and the terminal lists it. */
export const GUIDE_STEPS = [
  { name: 'command', label: 'Fix a flaky test' },
  { name: 'thread', label: 'Turn a bug thread into a session' },
  { name: 'answer', label: "Answer Devin's question" },
  { name: 'approve', label: 'Approve a request as an admin' },
  { name: 'kill', label: 'Kill the app mid-run: nothing is lost' },
  { name: 'stranger', label: 'See it as someone without access' },
] as const;

export type GuideStep = (typeof GUIDE_STEPS)[number]['name'];
