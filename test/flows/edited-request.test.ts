import { expect, test } from 'vitest';
import type { Message } from '../../sandbox/slack/index.ts';
import { toldTo } from '../support/asking.ts';
import { forgePress, valueOf } from '../support/forged.ts';
import { useGovernedWorld } from '../support/governed.ts';
import { cardOf, sessionOf, sessionsAs, settledForm } from '../support/look.ts';
import { addColleague, someoneIn } from '../support/people.ts';
import { describeOnBothDatabaseServers } from '../support/worlds.ts';

const POLICY = `
rules:
  - name: infrastructure
    when: { repos: ["acme/infra-*"] }
    then: approve
    approvers: [S0PLATFORM]
`;

type Colleague = ReturnType<typeof addColleague>;
/** What was asked of an approver. */
type Asked = { channelId: string; ts: string };

describeOnBothDatabaseServers('a request that an approver changes', (environment) => {
  const world = useGovernedWorld(POLICY, async () => ({
    environment: await environment(),
    overrides: { sweepTimes: { everyMs: 100, strandedMs: 15_000 } },
  }));

  /** Who may approve. */
  const platform: string[] = [];

  async function asked(who: Colleague, words: string): Promise<Asked> {
    const { slack } = world();
    const channelId = slack.directMessages(who.userId);
    const { ts } = await slack.waitForMessage(channelId, (one) => {
      const shown = slack.renderText(one);
      return shown.includes('[Start session]') && shown.includes(words);
    });
    return { channelId, ts };
  }

  const press = async (who: Colleague, on: Asked, action: string): Promise<void> =>
    void (await world().slack.clickButton(who.userId, on, action));

  /** Ana asks, and Ben, who may approve, has opened the form to change it. Cy may approve it as well. */
  async function editing() {
    const { slack, devin } = world();
    const ben = addColleague(world());
    const cy = addColleague(world());
    const { ana, channelId, type, own } = someoneIn(world(), { name: 'edits', others: [ben.userId] });
    platform.push(ben.userId, cy.userId);
    slack.setGroup('S0PLATFORM', platform);
    const task = `fix it for ${ana.name}`;
    await type(`${task} --repo acme/infra-dns`);
    const toBen = await asked(ben, task);
    const toCy = await asked(cy, task);
    await press(ben, toBen, 'edit_request');
    const form = await settledForm(slack, ben.userId);
    slack.typeIn(form.id, { 'field.prompt': `change it for ${ana.name}` });
    const submit = async (): Promise<void> => void (await slack.submit(form.id, ben.userId));
    const card = async (words: string) =>
      cardOf(slack, channelId, (text) => text.includes(task) && text.includes(words));
    // Where they chose to change it.
    const told = async (words: string) =>
      toldTo(world(), { channelId: toBen.channelId, userId: ben.userId }, words);
    const tooLate = async () => told('The request you changed was decided, canceled');
    const changed = () => sessionsAs(devin, ben.devinUserId);
    const askedAgain = async () => asked(cy, `change it for ${ana.name}`);
    return { ana, ben, cy, channelId, toBen, toCy, submit, card, told, tooLate, own, changed, askedAgain };
  }
  type Editing = Awaited<ReturnType<typeof editing>>;

  /** What the button of the other approver says. */
  function approvalOf({ toCy }: Editing): string {
    const message = world()
      .slack.messages(toCy.channelId)
      .find(({ ts }) => ts === toCy.ts);
    return message === undefined ? '' : valueOf(message, 'approve_request');
  }

  /** The first request runs. The changed one doesn't, and its author has it in a form again. */
  async function expectFirst({ ana, own, changed, tooLate, channelId }: Editing): Promise<void> {
    const { slack, devin } = world();
    await sessionOf(devin, ana.devinUserId);
    expect(slack.renderText(await tooLate())).toContain(`change it for ${ana.name}`);
    expect(own()).toHaveLength(1);
    expect(changed()).toHaveLength(0);
    const isWaiting = ({ text }: Message): boolean => text.includes('Waiting for approval');
    await slack.waitFor(() => !slack.messages(channelId).some(isWaiting), { what: 'cards without a wait' });
  }

  /** The changed request runs once it is approved. The first one has ended, which its author is told. */
  async function expectChanged({ ben, cy, own, changed, card, askedAgain }: Editing): Promise<void> {
    await card(`${ben.name} changed this request`);
    await press(cy, await askedAgain(), 'approve_request');
    await sessionOf(world().devin, ben.devinUserId);
    expect(own()).toHaveLength(0);
    expect(changed()).toHaveLength(1);
  }

  test('and another one approves meanwhile runs as it was, and who changed it is told', async () => {
    const one = await editing();
    await press(one.cy, one.toCy, 'approve_request');
    await sessionOf(world().devin, one.ana.devinUserId);
    await one.submit();
    await expectFirst(one);
  });

  test('runs as it was changed, and an approval that comes after that counts for nothing', async () => {
    const one = await editing();
    const { channelId } = one.toCy;
    const value = approvalOf(one);
    await one.submit();
    await one.card(`${one.ben.name} changed this request`);
    await forgePress(world(), { userId: one.cy.userId, channelId, actionId: 'approve_request', value });
    await expectChanged(one);
  });

  test('and another one approves at the same moment runs once, either way', async () => {
    const { slack } = world();
    const all: Awaited<ReturnType<typeof editing>>[] = [];
    while (all.length < 4) all.push(await editing());
    await Promise.all(all.flatMap((one) => [one.submit(), press(one.cy, one.toCy, 'approve_request')]));
    for (const one of all) {
      const ended = await slack.waitFor(
        () => {
          const words = slack.messages(one.channelId).map((message) => slack.renderText(message));
          if (words.some((shown) => shown.includes('changed this request'))) return 'changed';
          return words.some((shown) => shown.includes('Approved by')) && 'first';
        },
        { what: 'a decision' },
      );
      await (ended === 'changed' ? expectChanged(one) : expectFirst(one));
    }
  });

  test('and another one declines meanwhile is not started at all', async () => {
    const one = await editing();
    const { slack } = world();
    await press(one.cy, one.toCy, 'decline_request');
    const dialog = await slack.waitForView(({ userId }) => userId === one.cy.userId);
    slack.typeIn(dialog.id, { decline_reason: 'Not now.' });
    await slack.submit(dialog.id, one.cy.userId);
    await one.card(`${one.cy.name} declined this request`);
    await one.submit();
    await one.tooLate();
    expect([...one.own(), ...one.changed()]).toEqual([]);
  });

  test('is still replaced if the change was refused at first, and sent again from the form', async () => {
    const one = await editing();
    const { ben, toBen } = one;
    const { slack } = world();
    slack.setGroup('S0PLATFORM', [ben.userId]);
    await one.submit();
    const { ts } = await one.told('not enough people');
    slack.setGroup('S0PLATFORM', platform);
    const before = slack.openViewOf(ben.userId)?.id;
    await press(ben, { channelId: toBen.channelId, ts }, 'open_form');
    const form = await slack.waitForView(({ userId, id }) => userId === ben.userId && id !== before);
    await settledForm(slack, ben.userId);
    await slack.submit(form.id, ben.userId);
    await expectChanged(one);
  });

  test('stays as it is if they may no longer decide about it', async () => {
    const one = await editing();
    world().slack.setGroup(
      'S0PLATFORM',
      platform.filter((userId) => userId !== one.ben.userId),
    );
    await one.submit();
    await one.told("You aren't an approver of the request you changed");
    await press(one.cy, one.toCy, 'approve_request');
    await sessionOf(world().devin, one.ana.devinUserId);
    expect(one.changed()).toEqual([]);
  });
});
