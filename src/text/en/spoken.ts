import type { Spoken } from '../spoken.ts';

export const spoken: Spoken = {
  names: {
    help: 'commands',
    list: 'sessions, ls',
    whoami: 'account',
    usage: 'costs, budget',
    say: 'tell, reply',
    stop: 'cancel, kill, abort',
    defaults: 'default',
  },
  thanks: `
    thanks, thank you, thank you so much, thanks a lot, many thanks, thx, ty, cheers, ok, okay, great, nice, cool,
    perfect, awesome, lgtm, got it, well done, nice work, great work, good job`,
};
