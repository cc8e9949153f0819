import { onTestFinished } from 'vitest';
import { createLocalDevin, type LocalDevin } from '../../../sandbox/devin/index.ts';
import { createPage } from '../../../sandbox/page/server.ts';
import type { LocalSlack } from '../../../sandbox/slack/index.ts';
import { startSlack } from '../slack/harness.ts';

export type PageUnderTest = { slack: LocalSlack; devin: LocalDevin; url: string };

/** A page on a local Slack with ada and bob in #general; no app is connected. */
export async function startPage(): Promise<PageUnderTest> {
  const slack = await startSlack();
  const devin = await createLocalDevin({});
  onTestFinished(async () => devin.stop());
  const page = await createPage({ slack, devin });
  onTestFinished(async () => page.close());
  return { slack, devin, url: page.url };
}
