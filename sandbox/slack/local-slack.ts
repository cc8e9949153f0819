import type { WaitOptions } from '../changes.ts';
import { createLoopbackServer, listen, shut } from '../loopback.ts';
import { createDispatch, REDELIVER_AFTER_MS } from './delivery/dispatch.ts';
import { createHttpTransport } from './delivery/http.ts';
import { createSocketTransport } from './delivery/socket.ts';
import type { Message, View } from './model.ts';
import { createClicks } from './people/clicks.ts';
import { createCommands } from './people/commands.ts';
import { createEvents } from './people/events.ts';
import { createForms } from './people/forms.ts';
import { renderChannel, renderMessage, renderView } from './render-text.ts';
import { createSeed, createWorkspace, type WorkspaceOptions } from './seed.ts';
import { createState, requireView, type State } from './state.ts';
import { openViews } from './views.ts';
import { createRateLimiter, noRateLimits } from './web-api/rate-limiter.ts';
import { createMethodFaults, serve, createWebApi } from './web-api/router.ts';

/** https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response */
const ANSWER_TIMEOUT_MS = 3000;
/** For tests, on a machine that may stand still for seconds. They wait longer themselves. */
export const PATIENT_MS = 15_000;

export type LocalSlackOptions = WorkspaceOptions & {
  /** Milliseconds; ages trigger ids and response URLs, and lets rate limits recover. */
  now?: () => number;
  /** How long Slack waits for an answer, and a trigger id opens a view; three seconds by default. */
  answerTimeoutMs?: number;
  /** Whether methods can be called only as often as Slack allows; the default. */
  rateLimits?: 'slack' | 'off';
  /** The delays before each redelivery of an event; empty: it isn't redelivered. */
  redeliverAfterMs?: readonly number[];
};

export type LocalSlack = Awaited<ReturnType<typeof createLocalSlack>>;

export async function createLocalSlack(options: LocalSlackOptions = {}) {
  const {
    now = Date.now,
    answerTimeoutMs: timeoutMs = ANSWER_TIMEOUT_MS,
    rateLimits = 'slack',
    redeliverAfterMs = REDELIVER_AFTER_MS,
    ...workspaceOptions
  } = options;
  const state = createState({ workspace: createWorkspace(workspaceOptions), now, triggerLifeMs: timeoutMs });
  const server = createLoopbackServer();
  const faults = createMethodFaults();
  const socket = createSocketTransport({ state, server, timeoutMs });
  const http = createHttpTransport({ signingSecret: state.workspace.signingSecret, timeoutMs });
  const dispatch = createDispatch({ state, http, socket, redeliverAfterMs });
  const limiter = rateLimits === 'off' ? noRateLimits : createRateLimiter({ now });
  const webApi = createWebApi({ state, faults, limiter, openTicket: socket.openTicket });
  serve({ state, server, faults, webApi });
  state.url = (await listen(server)).origin;

  return {
    url: state.url,
    /** Base of the Web API, as SLACK_API_URL and `slackApiUrl` take it. */
    apiUrl: `${state.url}/api/`,
    workspace: state.workspace,
    ...createSeed(state),
    ...createCommands({ state, dispatch }),
    ...createClicks({ state, dispatch }),
    ...createForms({ state, dispatch }),
    ...createEvents({ state, dispatch }),
    ...createObservation(state),
    redeliver: dispatch.redeliver,
    /** Delivers by signed POST; several URLs stand for replicas. A Socket Mode connection takes precedence. */
    connectHttp: (...urls: string[]) => http.connect(urls),
    sendRaw: http.sendRaw,
    socketConnections: socket.connections,
    waitForSocket: (wait?: WaitOptions) =>
      state.changes.waitFor(socket.isUp, { what: 'a Socket Mode connection', ...wait }),
    disconnectSockets: socket.disconnect,
    dropSockets: socket.drop,
    stallSockets: socket.stall,
    /** For a Web API method, or `response_url`, `files`, `upload`. */
    fail: faults.plan,
    clearFaults: faults.clear,
    async close(): Promise<void> {
      dispatch.close();
      socket.close();
      await shut(server);
    },
  };
}

function createObservation(state: State) {
  const { calls, deliveries, problems, users, channels, files, changes } = state;
  const messages = (channelId: string): Message[] => state.messages.get(channelId) ?? [];
  return {
    calls,
    deliveries,
    problems,
    users,
    channels,
    /** With their content. */
    files,
    messages,
    views: (): View[] => [...state.views.values()],
    view: (viewId: string): View => requireView(state, viewId),
    /** The topmost modal of a person. */
    openViewOf: (userId: string): View | undefined => openViews(state, userId).at(-1),
    home: (userId: string): View | undefined => state.homes.get(userId),
    subscribe: changes.subscribe,
    waitFor: changes.waitFor,
    waitForMessage: (channelId: string, isWanted: (message: Message) => boolean, wait?: WaitOptions) =>
      changes.waitFor(() => messages(channelId).findLast(isWanted), {
        what: `a message in ${channelId}`,
        seen: () => renderChannel(state, channelId),
        ...wait,
      }),
    /** The newest matching open view. */
    waitForView: (isWanted: (view: View) => boolean, wait?: WaitOptions) =>
      changes.waitFor(() => [...state.views.values()].findLast((view) => view.isOpen && isWanted(view)), {
        what: 'a view',
        ...wait,
      }),
    /** Of a channel id, a view id, a message or a view. */
    renderText(target: string | Message | View): string {
      if (typeof target !== 'string') {
        return 'definition' in target ? renderView(state, target) : renderMessage(state, target);
      }
      return target.startsWith('V')
        ? renderView(state, requireView(state, target))
        : renderChannel(state, target);
    },
  };
}
