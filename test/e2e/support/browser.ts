import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

/** Debian's; elsewhere CHROMIUM says where one is. */
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** For root, for machines without a graphics card, and for a closed network. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--no-first-run',
];

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}
