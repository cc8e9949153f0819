import { setTimeout as delay } from 'node:timers/promises';
import type { LocalSession } from '../../sandbox/devin/index.ts';
import type { Message } from '../../sandbox/slack/index.ts';
import { at } from './ask.ts';
import { saysWithout, type Ledger } from './ledger.ts';
import type { PlannedRequest, Turn } from './plan.ts';
import { until } from './until.ts';
import type { Person, World } from './world.ts';

type TalkDeps = { world: World; ledger: Ledger; patienceMs: number; signal: AbortSignal };
type Talking = { session: LocalSession; card: Message; person: Person };

/** A session's conversation: what its requester and Devin say to each other in the thread, until Devin has finished. */
export function createTalking({ world, ledger, patienceMs, signal }: TalkDeps) {
  const { slack, devin, people } = world;

  return async ({ turns, person }: PlannedRequest, token: string): Promise<void> => {
    if (turns.length === 0) return;
    const talking = await begin(token, at(people, person));
    if (talking === null || talking === 'never') return;
    devin.advance(talking.session.id, { status: 'running' });
    for (const [index, turn] of turns.entries()) {
      await delay(turn.afterMs, undefined, { signal });
      await take(turn, `${token}-${index + 1}`, talking);
    }
    say(`${token}-end`, talking.session, { statusDetail: 'finished' });
  };

  /** When the card shows the session's URL. `never`: it shows that nobody knows of one. */
  async function begin(token: string, person: Person): Promise<Talking | 'never' | null> {
    const find = (): Talking | 'never' | null => {
      const session = ledger.session(token);
      if (session === null) return saysWithout(slack, token) === null ? null : 'never';
      const card = ledger.card(session);
      return card === null ? null : { session, card, person };
    };
    return until(find, { timeoutMs: patienceMs, signal });
  }

  async function take({ by }: Turn, token: string, talking: Talking): Promise<void> {
    if (by === 'asker') await reply(token, talking);
    else say(token, talking.session, { statusDetail: by === 'devin' ? 'working' : 'waiting_for_user' });
  }

  async function reply(token: string, { session, card, person }: Talking): Promise<void> {
    const { channelId, threadTs, ts: cardTs } = card;
    const sentAtMs = Date.now();
    const { ts } = await slack.speak(person.userId, channelId, `say-${token}`, {
      threadTs: threadTs ?? cardTs,
    });
    ledger.replies.push({ token: `say-${token}`, sessionId: session.id, channelId, ts, person, sentAtMs });
  }

  function say(token: string, { id }: LocalSession, change: { statusDetail: string }): void {
    ledger.words.push({ token: `devin-${token}`, sessionId: id });
    devin.advance(id, { ...change, message: `devin-${token}` });
  }
}
