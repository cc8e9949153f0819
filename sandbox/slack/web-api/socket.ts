import { z } from 'zod';
import { method } from './method.ts';

export function createSocketMethods(openTicket: () => string) {
  return {
    /** The one method of the app-level token. */
    'apps.connections.open': method({
      token: 'app',
      args: z.object({}),
      run: () => ({ url: openTicket() }),
    }),
  };
}
