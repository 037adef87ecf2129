// The palette, the list of keys, and Home.
import { claim, value } from './harness/database.js';
import * as wizard from './harness/wizard.js';
import { customer } from './harness/records.js';
import { expect, expectAccessible, expectNoSidewaysScroll, test } from './harness/test.js';

const openedBy = (page) => page.getByRole('dialog', { name: 'Find anything' });
const field = (page) => openedBy(page).getByRole('combobox', { name: 'Search or jump to anything' });
const options = (page) => openedBy(page).getByRole('option');

test('/ and Ctrl+K open the palette, which finds while one types and leads on by Enter', async ({ page }) => {
  const { name, number } = await customer();
  await page.goto('/pcp/');
  await page.keyboard.press('/');
  await expect(field(page)).toBeFocused();
  await expect(options(page).filter({ hasText: 'Financial Periods' })).toHaveCount(1); // before anything is typed: pages
  await field(page).pressSequentially(name);
  await expect(options(page).first()).toContainText(name);
  await expect(options(page).first()).toHaveAttribute('aria-selected', 'true');
  await expect(field(page)).toHaveAttribute('aria-activedescendant', await options(page).first().getAttribute('id'));
  await expect(openedBy(page).getByRole('status')).toHaveText(/^\d+ suggestions?$/);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/customers/${number}$`));

  // What was opened is offered first, and Escape brings back the page as it was.
  await page.keyboard.press('Control+k');
  await expect(options(page).first()).toContainText(name);
  await expect(options(page).first()).toHaveAttribute('aria-selected', 'false');
  await page.keyboard.press('ArrowDown');
  await expect(options(page).first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Escape');
  await expect(openedBy(page)).toBeHidden();
  await expect(page).toHaveURL(new RegExp(`/customers/${number}$`));
});

test('the palette answers what happened to an invoice, and begins an action', async ({ page }) => {
  const invoice = await value(`select number from invoices where status = 'paid' order by id limit 1`);
  await page.goto('/pcp/customers');
  await page.getByRole('searchbox', { name: 'Find anything' }).click();
  await expect(field(page)).toBeFocused();
  await field(page).fill(invoice);
  await expect(options(page).first()).toContainText(`Invoice ${invoice}`);
  await expect(options(page).first()).toContainText(/No transfer has moved it|with TO-\d+ on/);

  const { name, number } = await customer();
  await field(page).fill(`merge ${name}`);
  await expect(options(page).first()).toContainText(`Merge ${name} with another customer`);
  await options(page).first().click();
  await expect(page).toHaveURL(new RegExp(`/customers/${number}/merge$`));
});

for (const [width, height, colorScheme] of [[1440, 900, 'light'], [360, 740, 'dark']]) {
  test(`the palette is accessible at ${width} px, ${colorScheme}`, async ({ page }) => {
    const { name } = await customer();
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    await page.goto('/pcp/');
    await page.keyboard.press('/');
    await field(page).fill(name);
    await expect(options(page).first()).toContainText(name);
    await expectNoSidewaysScroll(page, width);
    await expectAccessible(page, `the palette, ${width} px, ${colorScheme}`);
    await field(page).fill('nothing is called so');
    await expect(openedBy(page).getByRole('status')).toHaveText('No suggestions');
  });

  test(`the list of keys is accessible at ${width} px, ${colorScheme}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    await page.goto('/pcp/');
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
    await expectAccessible(page, `the list of keys, ${width} px, ${colorScheme}`);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog', { name: 'Keys' })).toBeHidden();
  });
}

test('keys do nothing while one types, or when they are off', async ({ page }) => {
  await page.goto('/pcp/customers');
  const search = page.getByRole('search', { name: 'Filter this list' }).getByRole('searchbox');
  await search.focus();
  await page.keyboard.type('/?');
  await expect(search).toHaveValue('/?');
  await expect(openedBy(page)).toBeHidden();
  await page.getByRole('heading', { level: 1 }).click();
  await page.evaluate(() => (document.documentElement.dataset.keys = 'off'));
  await page.keyboard.type('/?');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('Control+k');
  await expect(openedBy(page)).toBeVisible();
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the field at the top jumps to a number and lists what else fits', async ({ page }) => {
    const { name, number } = await customer();
    await page.goto('/pcp/');
    await page.getByRole('searchbox', { name: 'Find anything' }).fill(number);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(new RegExp(`/customers/${number}$`));
    await page.getByRole('searchbox', { name: 'Find anything' }).fill(name);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 2, name: 'Customers' })).toBeVisible();
    await page.goto('/pcp/search');
    await expect(page.getByRole('link', { name })).toBeVisible(); // opened last
  });
});

test('Home lists a draft with the button that goes on with it', async ({ page }) => {
  const { number, name } = await claim();
  await wizard.toPlans(page, { number, name });
  await page.goto('/pcp/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/\d+ things? needs? you/);
  const task = page.getByRole('listitem').filter({ hasText: `Transfer of ${name}` });
  await task.getByRole('link', { name: /^Continue: TO-/ }).click();
  await expect(page).toHaveURL(new RegExp(`/customers/${number}/transfer`));
});
