import { readFile } from 'node:fs/promises';
import { claim } from './harness/database.js';
import { expect, test } from './harness/test.js';
import * as wizard from './harness/wizard.js';

test('an order is found by its filters, exported, and tells what it did', async ({ page }) => {
  const customer = await claim({ order: 'rich' });
  await wizard.toConfirm(page, customer);
  const order = await wizard.confirm(page);
  await expect(page.getByRole('main').getByText('Completed').first()).toBeVisible();

  await page.goto('/pcp/orders');
  await wizard.choose(page, 'Type', 'Distributor transfer');
  await wizard.choose(page, 'Status', 'Completed');
  const today = new Date().toISOString().slice(0, 10);
  await page.getByLabel('From', { exact: true }).fill(today);
  await page.getByLabel('To', { exact: true }).fill(today);
  await page.getByRole('searchbox', { name: 'Search', exact: true }).fill(customer.name);
  await page.getByRole('searchbox', { name: 'Search', exact: true }).press('Enter');
  await expect(page).toHaveURL(/status=completed/);
  await expect(page.getByRole('row')).toHaveCount(2); // its head, and the order
  const link = page.getByRole('link', { name: order, exact: true });
  await expect(link).toBeVisible();

  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export CSV' }).click()]);
  const csv = await readFile(await download.path(), 'utf8');
  expect(csv.trim().split(/\r?\n/)).toHaveLength(2);
  expect(csv).toContain(order);

  await link.click();
  const main = page.getByRole('main');
  await expect(main).toContainText('Subscriptions');
  await expect(main).toContainText('memo that carries the balance');
  const [ledger] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).or(page.getByRole('button', { name: 'CSV' })).first().click()]);
  expect((await readFile(await ledger.path(), 'utf8')).split('\n').length).toBeGreaterThan(5);
});

test('a second click on Transfer, and Back after it, lead to the same order', async ({ page }) => {
  const customer = await claim();
  await wizard.toConfirm(page, customer);
  const order = await wizard.confirm(page);
  await page.goBack();
  await page.waitForLoadState();
  const transfer = page.getByRole('button', { name: 'Transfer', exact: true });
  if (await transfer.isVisible()) await transfer.click(); // the browser still had the form
  await expect(page.getByRole('main')).toContainText(new RegExp(`${order}|Transferred Out|transferred out`));
});
