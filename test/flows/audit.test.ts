import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createAudit, type AuditRow } from '../../src/store/audit.ts';
import { openDatabase } from '../../src/store/database.ts';
import { verifyChain } from '../../src/trust/index.ts';
import { changeSettings, startSession, stopOnCard, typeTask } from '../support/asking.ts';
import { usePostgres } from '../support/databases.ts';
import { foreignSession } from '../support/foreign.ts';
import { addColleague, someoneIn } from '../support/people.ts';
import { startThread } from '../support/threads.ts';
import { useWorld } from '../support/worlds.ts';

const POLICY = 'docs/policies/company-with-contractors.yml';

const { createDatabase, url } = usePostgres();
const world = useWorld(async () => {
  await createDatabase('audit');
  return {
    environment: { DATABASE_URL: url('audit'), LIMIT_OPEN_SESSIONS: '2', POLICY_FILE: POLICY },
    overrides: { watchTimes: { fastestMs: 100, tickMs: 50 } },
  };
});

test('the current policy is recorded by the hash of its file', async () => {
  const sha256 = createHash('sha256').update(readFileSync(POLICY)).digest('hex');
  await recorded({ kind: 'policy', result: `loaded:${sha256}` });
});

type Wanted = Partial<Pick<AuditRow, 'kind' | 'userId' | 'sessionId' | 'result'>>;

/** What the audit has of this, once it has something; checks the chain. */
async function allRecorded(wanted: Wanted): Promise<AuditRow[]> {
  const { db, close } = await openDatabase({ databaseUrl: url('audit'), dataDir: '' });
  const look = async (): Promise<AuditRow[]> => {
    const rows: AuditRow[] = [];
    for await (const row of createAudit(db).entries())
      if (Object.entries(wanted).every(([key, value]) => Reflect.get(row, key) === value)) rows.push(row);
    return rows;
  };
  try {
    await expect.poll(look).not.toEqual([]);
    expect(await verifyChain(createAudit(db))).toMatchObject({ ok: true });
    return await look();
  } finally {
    await close();
  }
}

async function recorded(wanted: Wanted): Promise<AuditRow> {
  const [found] = await allRecorded(wanted);
  if (found === undefined) throw new Error('it is no longer recorded');
  return found;
}

test('a start is recorded with who, as whom, how that is known, where, and which session', async () => {
  const { ana, channelId, session } = await startSession(world());
  expect(await recorded({ kind: 'start', userId: ana.userId })).toMatchObject({
    devinUserId: ana.devinUserId,
    channelId,
    sessionId: session.id,
    messageTs: null,
    requestId: expect.any(String) as unknown,
    rule: null,
    result: 'created:email',
  });
});

test('a start from a message is recorded with that message', async () => {
  const { slack } = world();
  const { ana, channelId } = someoneIn(world());
  const { ts } = await slack.speak(
    ana.userId,
    channelId,
    `<@${slack.workspace.botUserId}> fix the login test`,
  );
  expect(await recorded({ kind: 'start', userId: ana.userId })).toMatchObject({ channelId, messageTs: ts });
});

test('refusals are recorded with the reason: no Devin account, and a limit', async () => {
  const { slack, devin } = world();
  const { ana: eve, channelId } = someoneIn(world(), { person: { inDevin: false } });
  await slack.command(eve.userId, channelId, 'fix it now');
  expect(await recorded({ kind: 'refusal', userId: eve.userId })).toMatchObject({
    result: 'identity:unknown',
    sessionId: null,
    devinUserId: null,
  });
  const { ana, channelId: here } = await startSession(world());
  await slack.command(ana.userId, here, 'fix a second one');
  await slack.command(ana.userId, here, 'fix a third one');
  expect(await recorded({ kind: 'refusal', userId: ana.userId })).toMatchObject({
    result: 'limit:openSessions',
  });
  // Otherwise its POST could get the next test's fault.
  await devin.waitForSession(({ request }) => request.prompt.includes('fix a second one'));
});

test('a refused create is recorded, and an unconfirmed one', async () => {
  const { slack, devin } = world();
  const { ana, channelId } = someoneIn(world());
  const create = { method: 'POST', path: '/sessions' };
  devin.fail(create, { status: 422 });
  await typeTask({ slack }, { userId: ana.userId, channelId }, 'fix it now');
  await recorded({ kind: 'outcome', userId: ana.userId, result: 'failed:devin:invalid-request' });
  devin.fail(create, {});
  await typeTask({ slack }, { userId: ana.userId, channelId }, 'fix it again');
  await recorded({ kind: 'outcome', userId: ana.userId, result: 'unknown' });
});

test('a reply, a keyword and a stop are recorded with who did it to which session', async () => {
  const { id, ana, say, threadTs, channelId } = await startThread(world());
  const { ts } = await say(ana.userId, 'go on');
  expect(await recorded({ kind: 'reply', sessionId: id })).toMatchObject({
    userId: ana.userId,
    devinUserId: ana.devinUserId,
    channelId,
    messageTs: ts,
    result: 'delivered',
  });
  for (const keyword of ['mute', 'unmute']) {
    await say(ana.userId, keyword);
    await recorded({ kind: 'setting', sessionId: id, userId: ana.userId, result: `${keyword}:session` });
  }
  await stopOnCard(world(), ana.userId, { channelId, ts: threadTs });
  expect(await recorded({ kind: 'stop', sessionId: id })).toMatchObject({
    userId: ana.userId,
    result: 'done',
  });
});

test('a Stop whose answer was lost is recorded as unknown', async () => {
  const { devin } = world();
  const { ana, session, on } = await startSession(world());
  devin.fail({ method: 'DELETE', path: `/sessions/devin-${session.id}` }, { times: 1, status: 500 });
  await stopOnCard(world(), ana.userId, on);
  await recorded({ kind: 'stop', userId: ana.userId, sessionId: session.id, result: 'unknown' });
});

test('a followed session is recorded', async () => {
  const { slack } = world();
  const { ana, channelId } = someoneIn(world());
  const { id } = await foreignSession(world(), `of ${ana.name}`);
  await slack.command(ana.userId, channelId, `follow ${id}`);
  expect(await recorded({ kind: 'follow', userId: ana.userId })).toMatchObject({ sessionId: id, channelId });
});

test('links and settings are recorded with who made them', async () => {
  const { slack } = world();
  const admin = addColleague(world(), { isAdmin: true });
  const ben = addColleague(world(), { inDevin: false });
  const channelId = slack.addChannel({ name: `admin-${admin.name}`, members: [admin.userId] });
  await slack.command(admin.userId, channelId, 'defaults channel --acu 7');
  expect(await recorded({ kind: 'setting', userId: admin.userId })).toMatchObject({
    channelId,
    result: 'defaults(max_acu_limit):channel',
  });
  await changeSettings(world(), { userId: admin.userId, channelId }, { listen: 'mentions' });
  await recorded({ kind: 'setting', userId: admin.userId, result: 'preferences(listen=mentions):channel' });
  world().devin.addMember({ userId: 'user-nobody-in-slack', email: 'nobody@elsewhere.example', name: 'N' });
  await slack.command(admin.userId, channelId, `link @${ben.name} user-nobody-in-slack`);
  expect(await recorded({ kind: 'link', userId: admin.userId })).toMatchObject({
    devinUserId: 'user-nobody-in-slack',
    result: `linked:${ben.userId}`,
  });
});

test('a refusal to stop, answer or write to a session is recorded with the reason', async () => {
  const { slack } = world();
  const { channelId, threadTs, id } = await startThread(world());
  const eve = addColleague(world(), { inDevin: false });
  slack.joinChannel(eve.userId, channelId);
  const on = { channelId, ts: threadTs };
  const about = { kind: 'refusal', userId: eve.userId, sessionId: id } as const;
  await slack.clickButton(eve.userId, on, 'ask_stop');
  const refused = await recorded({ ...about, result: 'steer:members-only' });
  expect(refused).toMatchObject({ channelId, requestId: expect.any(String) as unknown, devinUserId: null });
  const { ts } = await slack.speak(eve.userId, channelId, 'drop the database', { threadTs });
  expect(await recorded({ ...about, result: 'reply:identity' })).toMatchObject({ messageTs: ts });
});

test('an approval is recorded with its rule and who decided, and a refusal to decide with the reason', async () => {
  const { slack } = world();
  const [ana, ben, eve] = [addColleague(world()), addColleague(world()), addColleague(world())];
  slack.setGroup('S0PLATFORM', [ben.userId]);
  const members = [ana, ben, eve].map(({ userId }) => userId);
  const channelId = slack.addChannel({ name: `approval-${ana.name}`, members });
  await slack.command(ana.userId, channelId, 'fix it now --repo acme/deploy-web');
  const rule = 'deployments need an approval';
  const asked = await recorded({ kind: 'approval', userId: ana.userId });
  expect(asked).toMatchObject({ rule, channelId, result: 'asked' });
  const direct = slack.directMessages(ben.userId);
  const { ts } = await slack.waitForMessage(direct, ({ blocks }) =>
    JSON.stringify(blocks).includes('approve_request'),
  );
  const { requestId } = asked;
  for (const [person, result] of [
    [ana, 'approval:own'],
    [eve, 'approval:not-asked'],
  ] as const) {
    await slack.clickButton(person.userId, { channelId: direct, ts }, 'approve_request');
    expect(await recorded({ kind: 'refusal', userId: person.userId })).toMatchObject({ requestId, result });
  }
  await slack.clickButton(ben.userId, { channelId: direct, ts }, 'approve_request');
  const decided = await recorded({ kind: 'approval', userId: ben.userId });
  expect(decided).toMatchObject({ rule, requestId, result: 'approved' });
  await recorded({ kind: 'start', userId: ana.userId });
});
