import type { World } from './bot.ts';

/** A session that was started elsewhere, such as in Devin's web app. */
export async function foreignSession({ devin }: Pick<World, 'devin'>, title: string, more: object = {}) {
  const answer = await fetch(`${devin.url}/v3/organizations/${devin.orgId}/sessions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${devin.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ prompt: `web: ${title}`, title, ...more }),
  });
  if (!answer.ok) throw new Error(`Devin did not make the session: ${await answer.text()}`);
  return devin.waitForSession((session) => session.title === title);
}
