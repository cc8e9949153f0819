import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { createLocalDevin, type LocalDevin } from '../../../sandbox/devin/index.ts';
import { type PageControl, createPage } from '../../../sandbox/page/server.ts';
import type { LocalSlack } from '../../../sandbox/slack/index.ts';
import { startSlack } from '../slack/harness.ts';

const noControl: PageControl = {
  handle: async (_request, response) => {
    response.end();
  },
  subscribe: () => () => undefined,
};

export type PageUnderTest = { slack: LocalSlack; devin: LocalDevin; url: string; close: () => Promise<void> };

/** A page on a local Slack with ada and bob in #general; no app is connected. */
export async function startPage(control: Partial<PageControl> = {}): Promise<PageUnderTest> {
  const slack = await startSlack();
  const devin = await createLocalDevin({});
  onTestFinished(async () => devin.stop());
  const page = await createPage({ slack, devin, control: { ...noControl, ...control } });
  onTestFinished(async () => page.close());
  return { slack, devin, ...page };
}

const resultSchema = z.object({
  failure: z.string().nullable(),
  outcome: z.string().nullable(),
  options: z.array(z.object({ value: z.string() })),
  openedUrl: z.string().nullable(),
  fileId: z.string().nullable(),
  channelId: z.string().nullable(),
});

export async function post(url: string, body: unknown): Promise<Response> {
  return fetch(`${url}/api/act`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Does something as ada unless said otherwise. */
export async function act(url: string, body: Record<string, unknown>): Promise<z.infer<typeof resultSchema>> {
  const response = await post(url, { as: 'U1', ...body });
  return resultSchema.parse(await response.json());
}

/** The sentence of a refusal. */
export async function refusalOf(response: Response): Promise<{ status: number; problem: string }> {
  const { problem } = z.object({ problem: z.string() }).parse(await response.json());
  return { status: response.status, problem };
}

const shownSchema = z.object({
  people: z.array(z.looseObject({ id: z.string(), role: z.string() })),
  channels: z.array(
    z.looseObject({
      id: z.string(),
      messages: z.array(
        z.looseObject({
          text: z.string(),
          blocks: z.array(z.looseObject({ type: z.string() })),
          fileIds: z.array(z.string()),
        }),
      ),
    }),
  ),
  views: z.array(
    z.looseObject({ id: z.string(), title: z.string(), errors: z.record(z.string(), z.string()) }),
  ),
  files: z.record(z.string(), z.object({ name: z.string(), url: z.string(), size: z.number() })),
  commands: z.array(z.object({ name: z.string() })),
  shortcuts: z.array(z.object({ callbackId: z.string() })),
  sessions: z.array(z.looseObject({ prompt: z.string() })),
});

export async function stateOf(url: string): Promise<z.infer<typeof shownSchema>> {
  const response = await fetch(`${url}/api/state`);
  return shownSchema.parse(await response.json());
}
