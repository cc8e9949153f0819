/** What people and Devin say in the sandbox. */
export type Sample = typeof en;

export const en = {
  talk: {
    invited: 'Devin is in this channel now: type `/devin` and a task.',
    office: 'The office is closed on Friday.',
    thanks: 'Thank you :tada:',
    design: 'The new address picker is in the file. Devin is not in this channel.',
    incident: 'Only the three of us for now. The postmortem is on Thursday.',
    globex: 'Hello from Globex! Our side of the order feed is ready.',
    toGlobex: 'Thank you, we will connect it tomorrow.',
    pair: 'Do you have ten minutes for the login test later?',
    flaky: 'The login test on `main` is flaky again, third time this week.',
    bug: 'Checkout fails for customers with two addresses.',
    alert: '*checkout* error rate is 4.2% (usual: 0.1%)',
    log: 'The orders service answers 422. Here is what it logs:',
    cause: (mention: string) => `It is the address picker, ${mention}: it sends both.`,
  },
  catalog: {
    fix: 'Fix a bug',
    upgrade: 'Upgrade a dependency',
    test: 'Write missing tests',
    checkout: 'How checkout talks to orders',
    style: 'Style guide',
  },
  sessions: {
    finished: 'Speed up the nightly import --repo acme/api --acu 10',
    working: 'Upgrade the date library --repo acme/checkout --acu 5',
    progress:
      'Three of the seven modules use the new date library now, and their tests pass. Next: invoices.',
    asking: 'Rebase the payments branch --repo acme/web',
    past: [
      'Show the order number on the receipt',
      'Split the orders table by month',
      'Renew the certificate of the staging cluster',
      'Round refunds to the cent',
      'Try a darker header',
      'Move the webhooks to the new queue',
      'Add a test for the password reset',
      'Let customers save a second card',
      'Find out why refunds arrive twice',
      'Fix the broken links in the footer',
    ],
  },
  devin: {
    reads: (task: string, repository: string) =>
      `Read ${repository} for "${task}". Next comes a test that fails, then the change.`,
    finished: (task: string, repository: string) =>
      `Done with "${task}": the pull request is in ${repository}, with a test that failed before it.`,
    asks: (task: string, repository: string) =>
      `For "${task}", two branches of ${repository} could be the base. Should I start from \`main\` or from \`release\`?`,
    goesOn: (task: string) => `Thank you. Back to work on "${task}".`,
    done: 'Done.',
  },
};
