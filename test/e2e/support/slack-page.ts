import type { Locator, Page } from 'playwright-core';

export type SlackPage = ReturnType<typeof createSlackPage>;

/** What a person does on the page, found by the names a screen reader uses. */
export function createSlackPage(page: Page) {
  const channel = page.getByRole('main');
  const thread = page.getByRole('region', { name: 'Thread', exact: true });
  const modal = page.getByRole('dialog');
  const home = page.getByRole('region', { name: 'Home', exact: true });
  const panel = page.getByRole('complementary', { name: 'Requests' });

  /** The newest message with these words. */
  const message = (words: string | RegExp, place: Locator = channel): Locator =>
    place.getByRole('article').filter({ hasText: words }).last();

  async function send(text: string, place: Locator = channel): Promise<void> {
    const field = place.getByRole('textbox', { name: /^(?:Message|Reply)/ });
    await field.fill(text);
    await field.press('Enter');
  }

  /** Opens one of a message's menus. */
  async function menuOf(on: Locator, button: string): Promise<void> {
    await on.hover();
    // A message's tools are next to its article.
    const item = on.locator('xpath=ancestor::li[1]');
    await item.getByRole('button', { name: button }).click();
  }

  async function pickFrom(on: Locator, button: string, name: string): Promise<void> {
    await menuOf(on, button);
    await page.getByRole('menu').getByRole('menuitem', { name }).click();
  }

  return {
    page,
    channel,
    thread,
    modal,
    home,
    panel,
    message,
    send,
    field: (label: string | RegExp): Locator =>
      modal.getByLabel(label).and(page.locator('input, textarea, select')),
    async openThread(of: Locator): Promise<void> {
      await of.getByRole('button', { name: /repl(?:y|ies)/ }).click();
      await thread.waitFor();
    },
    /** The app's entry in the sidebar. */
    async openApp(): Promise<void> {
      await page
        .getByRole('navigation', { name: 'Conversations' })
        .getByRole('button', { name: /^Devin/ })
        .click();
    },
    async tab(name: 'Home' | 'Messages'): Promise<void> {
      const tabs = page.getByRole('group', { name: 'Views of the app' });
      await tabs.getByRole('button', { name, exact: true }).click();
    },
    menuOf,
    pickFrom,
    /** From the ⋯ menu of a card. */
    async pickMore(card: Locator, name: string): Promise<void> {
      await card.getByRole('button', { name: 'More', exact: true }).click();
      await page.getByRole('menuitem', { name }).click();
    },
    useShortcut: async (on: Locator, name: string): Promise<void> => pickFrom(on, 'More actions', name),
    async become(name: string): Promise<void> {
      await page.getByRole('button', { name: /Switch person/ }).click();
      await page.getByRole('menuitem', { name }).or(page.getByRole('menuitemradio', { name })).click();
    },
    async submit(label = 'Start'): Promise<void> {
      await modal.getByRole('button', { name: label, exact: true }).click();
    },
    /** A select whose options are looked up: types, and picks the first with these words. */
    async pick(label: string, typed: string, option: string): Promise<void> {
      const field = modal.getByRole('combobox', { name: label });
      await field.fill(typed);
      // Other fields may offer the same.
      const list = (await field.getAttribute('list')) ?? '';
      const found = modal.locator(`[id="${list}"] option[value*="${option}"]`).first();
      await found.waitFor({ state: 'attached' });
      await field.fill((await found.getAttribute('value')) ?? '');
    },
    /** Adds groups of options to the form. */
    async addOptions(...groups: string[]): Promise<void> {
      for (const group of groups) {
        await modal.getByRole('combobox', { name: /^Add options/ }).selectOption({ label: group });
        await modal.getByRole('heading', { name: group, exact: true }).waitFor();
      }
    },
    async press(label: string, place: Locator): Promise<void> {
      await place.getByRole('button', { name: label, exact: true }).click();
    },
  };
}
