import { expect, test } from 'vitest';
import { createCards } from '../../src/store/cards.ts';
import { createRequests } from '../../src/store/requests.ts';
import { describeOnBothDatabases, type Open } from '../support/databases.ts';
import { newRequest } from '../support/request-row.ts';

async function postedCard(open: Open) {
  const { db } = await open();
  const requests = createRequests(db);
  await requests.insert([newRequest('r1')]);
  const changes = { cardChannelId: 'C1', cardTs: '1.1' };
  await requests.advance({ id: 'r1', from: 'accepted', to: 'created', changes });
  const find = async () => {
    const request = await requests.find('r1');
    if (request === null) throw new Error('The request is lost.');
    return request;
  };
  return { cards: createCards(db), find };
}

describeOnBothDatabases('what is known of a card', (open) => {
  test('is only its phase while it is drawn', async () => {
    const { cards, find } = await postedCard(open);
    for (const before of [null, 'working:x']) {
      expect((await find()).cardShown).toBe(before);
      await cards.drawing('r1');
      // Otherwise an edit that was made by a process that died would be kept when the card changes back.
      expect((await find()).cardShown).toBe(before === null ? null : 'working:?');
      await cards.drawn(await find(), 'working:x');
    }
  });

  test('is out of date if it changed while it was drawn', async () => {
    const { cards, find } = await postedCard(open);
    await cards.markStale('r1');
    const drawnFrom = await find();
    await new Promise((resolve) => {
      setTimeout(resolve, 2);
    });
    await cards.markStale('r1');
    expect(await cards.drawn(drawnFrom, 'working:x')).toBe(false);
    expect(await cards.stale()).toEqual(['r1']);
    expect(await cards.drawn(await find(), 'working:x')).toBe(true);
    expect(await cards.stale()).toEqual([]);
  });
});
