/** What sessions use, and what is left of budgets. ACU come as words; days and months are those of UTC. */
export const usage = {
  /** To owners of the policy, by direct message. */
  alert: {
    acu_per_person_per_day: (person: string): string => `Daily budget of ${person}`,
    acu_per_channel_per_day: (channel: string): string => `Daily budget of ${channel}`,
    acu_per_month: (_everyone: string): string => 'Monthly budget',
    heading: (budget: string, percent: number): string => `${budget}: ${percent}% used or reserved`,
    counted: (counted: string, most: string, period: string): string =>
      `${counted} of ${most} ACU for ${period} (UTC). A session in progress counts with its whole cap.`,
    next: {
      refuse: 'At 100%, new sessions are refused until the budget renews.',
      approve: 'At 100%, new sessions need an approval until the budget renews.',
    },
    more: (command: string): string => `See ${command} for who uses it. The policy file sets the budget.`,
  },
};
