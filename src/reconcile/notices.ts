import { HELD_WAIT_MS, Later } from '../queue/index.ts';
import { alertName } from '../session/policy/limits.ts';
import { approvalView, problemOf, cardView } from '../slack/card-view.ts';
import { cardMessage, threadOfCard } from '../slack/edge/places.ts';
import { renderApproval } from '../slack/views/approval.ts';
import { notice, renderGreeting, renderOutcome } from '../slack/views/notices.ts';
import { escape } from '../slack/views/text.ts';
import { renderBudgetAlert } from '../slack/views/usage.ts';
import { askedAt, type SessionRequest } from '../store/requests.ts';
import { shownKey } from '../store/shown.ts';
import type { Kind, Show } from './show.ts';

/** What one approver is asked in a direct message, and then what was decided, and by whom. */
export const APPROVAL: Kind = async ({ store, slack }, subject, before) => {
  const [requestId = '', number, userId = ''] = subject.split(':');
  const request = await store.requests.find(requestId);
  const view = request === null ? null : approvalView(request, Number(number));
  if (request === null || view === null) return null;
  // Nobody is asked about what is over.
  const isAsked = before !== null && before.channelId !== null;
  if (view.approval.end !== null && !isAsked) return null;
  const text = await slack.textFor(userId);
  return {
    place: 'direct',
    teamId: request.teamId,
    userId,
    turnClass: 'needed',
    since: askedAt(request),
    render: () => renderApproval(view, text),
    // It may be over by then.
    againInMs: isAsked ? null : 0,
  };
};

/** Each approver has a message of their own about each approval of a request. */
export const approvalKeys = ({ id, approvals }: SessionRequest): string[] =>
  approvals.flatMap(({ people }, number) =>
    people.map(({ userId }) => shownKey('approval', id, String(number), userId)),
  );

/** At most this many owners are told. */
const MOST_TOLD = 20;

/** An owner of the policy is told how much of a budget is used. */
export const ALERT: Kind = async ({ budget, policy, slack, command }, subject) => {
  const name = subject.split(':');
  const userId = name.pop() ?? '';
  const [teamId = '', , whose = ''] = name;
  const alerts = await budget.alerts({ teamId, userId: whose, channelId: whose });
  const alert = alerts.find((one) => alertName(one) === name.join(':'));
  if (alert === undefined) return null;
  const { over } = policy.current().limits;
  const text = await slack.textFor(userId);
  return { teamId, userId, place: 'direct', render: () => renderBudgetAlert({ alert, over, command }, text) };
};

/** Each owner has a message of their own. */
export const showAlerts: Show = async ({ policy, slack: { groups }, enqueue }, name) => {
  const { ids } = await groups.idsOf(policy.current().owners);
  for (const userId of [...ids].slice(0, MOST_TOLD))
    await enqueue('show', { key: shownKey('alert', name, userId) });
  return null;
};

/** How long the message waits for the card, whose buttons say what to do. */
const CARD_WAIT_MS = 60_000;

/** The message of this attempt of a request. */
export const outcomeKey = (request: SessionRequest): string =>
  shownKey('outcome', request.id, attemptOf(request));

/** Notifies the person once that a request has no session or may have none. The card says the rest. */
export const OUTCOME: Kind = async (c, subject, before) => {
  const { store, slack, now } = c;
  const [requestId = '', attempt] = subject.split(':');
  const request = await store.requests.find(requestId);
  if (before?.ts != null || request === null || attemptOf(request) !== attempt || !isOutcome(request))
    return null;
  const { teamId, userId } = request;
  const { notify } = await store.settings.preferencesFor(request);
  if (notify === 'card') return null;
  if (waitsForCard(request, now())) throw new Later('slack', HELD_WAIT_MS);
  const thread = notify === 'thread' && before?.refused == null ? threadOfCard(request) : null;
  const text = thread === null ? await slack.textFor(userId) : c.text;
  const card = cardView({ request, session: null, nowMs: now() }, text);
  const reason = problemOf(request, text);
  const cardUrl = thread === null ? slack.outbound.permalink(cardMessage(request)) : null;
  return {
    place: thread ?? 'direct',
    teamId,
    userId,
    turnClass: 'url',
    since: askedAt(request),
    render: () => renderOutcome({ card, userId, reason, cardUrl }, text),
  };
};

/** A refusal is private; a person who canceled it knows. */
function isOutcome({ state, failure, userId }: SessionRequest): boolean {
  const canceledBy = failure?.kind === 'cancelled' ? failure.userId : null;
  return state === 'unknown' || (state === 'failed' && canceledBy !== userId);
}

function waitsForCard({ cardTs, updatedAt }: SessionRequest, nowMs: number): boolean {
  return cardTs === null && nowMs - updatedAt.getTime() < CARD_WAIT_MS;
}

/** Which of its attempts, as part of a key. One that wasn't sent keeps the time at which an earlier one was. */
function attemptOf(request: SessionRequest): string {
  const asked = askedAt(request).getTime();
  return String(Math.max(asked, request.sentAt?.getTime() ?? asked));
}

/** What the app does in a channel that it was invited to. A channel that takes no message is left to the next invitation. */
export const GREETING: Kind = async ({ command, text }, subject) => {
  const [teamId = '', channelId = ''] = subject.split(':');
  const place = { channelId, threadTs: null };
  return Promise.resolve({ place, teamId, userId: null, render: () => renderGreeting(command, text) });
};

/**
 * A person is told directly who they are in Devin by now: a workspace admin linked them, or removed their link; or, with no
 * admin, their new address in Slack makes them another member.
 */
export const LINKED: Kind = async ({ findMember, slack: { textFor } }, subject) => {
  const [teamId = '', userId = '', adminId = '', , ...rest] = subject.split(':');
  const devinUserId = rest.join(':');
  const { notices, steering } = await textFor(userId);
  const { done, removed } = steering.linking.toPerson;
  const by = `<@${adminId}>`;
  const member = devinUserId === '' ? null : await findMember(devinUserId);
  if (adminId === '' && member === null) return null;
  const name = escape(member?.name ?? devinUserId);
  const ofAdmin = name === '' ? removed(by) : done(by, name);
  const words = adminId === '' ? notices.otherAccount(name) : ofAdmin;
  return { teamId, userId, place: 'direct', render: () => notice([words]) };
};
