import { claim, value } from './harness/database.js';
import { expect, test } from './harness/test.js';
import * as wizard from './harness/wizard.js';

test('a transfer to another distributor is reversed, and that again', async ({ page }) => {
  const customer = await claim({ order: 'rich' });
  const status = () => value('select status from customers where id = $1', customer.id);
  const before = await status();
  await wizard.toConfirm(page, customer);
  const order = await wizard.confirm(page);

  await page.goto(`/pcp/orders/${order}`);
  await expect(page.getByRole('main')).toContainText('Reverse until');
  await page.getByRole('button', { name: 'Reverse', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Reverse ${order}`);
  await reverse(page, order);
  expect(await status()).toBe(before);
  const reversal = page.url().split('/').pop();
  expect(reversal).not.toBe(order);

  await page.getByRole('link', { name: order, exact: true }).first().click();
  await expect(page.getByRole('main')).toContainText('This transfer was reversed');
  await expect(page.getByRole('button', { name: 'Reverse', exact: true })).toHaveCount(0);

  await page.goto(`/pcp/orders/${reversal}/reverse`);
  await reverse(page, reversal);
  expect(await status()).toBe('transferred_out');
});

// reverse ticks every warning and presses Reverse.
async function reverse(page, order) {
  for (const box of await page.getByRole('checkbox', { name: /^I understand: / }).all()) await box.check();
  await page.getByRole('button', { name: 'Reverse', exact: true }).click();
  await expect(page.getByText(`Successfully reversed ${order}`)).toBeVisible();
}
