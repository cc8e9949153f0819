import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { startSessions } from '../../../sandbox/demo-sessions.ts';
import { createGuide } from '../../../sandbox/page/guide.ts';
import { createPage } from '../../../sandbox/page/server.ts';
import { openSandbox, type Sandbox, type SandboxOptions } from '../../../sandbox/sandbox.ts';
import { openBrowser } from './browser.ts';
import { createSlackPage, type SlackPage } from './slack-page.ts';

type Handle = 'ana' | 'ben' | 'mei' | 'eve' | 'gus' | 'olga';

export type Visit = {
  as?: Handle;
  channel?: string;
  withPanel?: boolean;
  dark?: boolean;
  width?: number;
  look?: BrowserContextOptions;
};

export type Stage = Sandbox & {
  /** Opens the page in a separate browser, as a person, in a channel. */
  visit: (visit?: Visit) => Promise<SlackPage>;
  /** Closes everything that was opened; fails if a page had errors. */
  leave: () => Promise<void>;
};

/** Scripts of fifteen seconds take three. */
const SPEED = 5;

/** `isDemo`: with the demo's sessions and its list of things to try. */
type StageOptions = SandboxOptions & { isDemo?: boolean };

/** The sandbox with its page, and a browser. */
export async function openStage({
  isDemo = false,
  language = 'en',
  ...options
}: StageOptions = {}): Promise<Stage> {
  const sandbox = await openSandbox({
    speed: SPEED,
    isPatient: true,
    hasHistory: isDemo,
    language,
    ...options,
  });
  const demo = isDemo ? { guide: createGuide({ ...sandbox, seeded: await startSessions(sandbox) }) } : {};
  const page = await createPage({ ...sandbox, ...demo, language });
  const browser = await openBrowser();
  const visits = createVisits(browser, page.url);
  return {
    ...sandbox,
    ...visits,
    async close() {
      await browser.close();
      await page.close();
      demo.guide?.close();
      await sandbox.close();
    },
  };
}

function createVisits(browser: Browser, url: string): Pick<Stage, 'visit' | 'leave'> {
  const open: BrowserContext[] = [];
  const trouble: string[] = [];
  return {
    async visit({
      as = 'ana',
      channel = 'payments',
      withPanel = false,
      dark = false,
      width = 1280,
      look = {},
    } = {}) {
      const context = await browser.newContext({
        viewport: { width, height: 860 },
        colorScheme: dark ? 'dark' : 'light',
        reducedMotion: 'reduce',
        ...look,
      });
      open.push(context);
      const page = await context.newPage();
      page.setDefaultTimeout(45_000);
      page.on('pageerror', ({ message }) => trouble.push(message));
      page.on('console', (line) => {
        // The page shows a refusal as a sentence.
        const isRefusal = line.text().includes('status of 4');
        if (line.type() === 'error' && !isRefusal) trouble.push(line.text());
      });
      await page.goto(`${url}/?as=${as}&in=${channel}`);
      await page.getByRole('main', { name: channel, exact: true }).waitFor();
      if (withPanel) await page.locator('#panel-toggle').click();
      return createSlackPage(page);
    },
    async leave() {
      await Promise.all(open.splice(0).map(async (context) => context.close()));
      const found = trouble.splice(0);
      if (found.length > 0) throw new Error(`The page had trouble:\n${found.join('\n')}`);
    },
  };
}

export type { Page };
