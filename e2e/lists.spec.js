import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './harness/test.js';

test('a filter applies at once, shows as a chip, and is saved as a view', async ({ page }) => {
  await page.goto('/pcp/customers');
  const rows = page.locator('.one-line tbody tr');
  for (const height of await rows.evaluateAll((all) => all.map((row) => row.getBoundingClientRect().height))) {
    expect(height).toBeLessThanOrEqual(42);
  }
  await page.getByRole('searchbox', { name: 'Search', exact: true }).fill('fjord');
  await expect(page).toHaveURL(/q=fjord/); // without a button
  const chip = page.getByRole('link', { name: 'Remove filter Search: fjord' });
  await expect(chip).toBeVisible();
  const name = `Fjord ${Date.now()}`;
  await page.getByRole('button', { name: 'Save view', exact: true }).click();
  await page.getByLabel('Name of the view').fill(name);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const view = page.getByRole('link', { name, exact: true });
  await expect(view).toHaveAttribute('aria-current', 'page');
  await chip.click();
  await expect(page).not.toHaveURL(/q=fjord/);
  await view.click();
  await expect(chip).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.getByRole('button', { name: `Remove view ${name}` }).click();
  await expect(view).toHaveCount(0);
});

for (const at of ['/pcp/customers', '/pcp/orders', '/pcp/orders?type=placed', '/pcp/subscriptions']) {
  test(`${at} fits a phone without scrolling sideways`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(at);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  });
}
