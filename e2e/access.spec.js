import { claim } from './harness/database.js';
import { auditor, password } from './harness/people.js';
import { expect, expectAccessible, signedOut, test } from './harness/test.js';

test.describe('an auditor', () => {
  test.use({ storageState: signedOut });

  test('reads, and cannot transfer', async ({ page }) => {
    const { number } = await claim();
    await page.goto(`/sign-in?next=${encodeURIComponent(`/pcp/customers/${number}`)}`);
    await page.getByLabel('E-mail').fill(auditor.email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page).toHaveURL(`/pcp/customers/${number}`);
    const start = page.getByRole('button', { name: 'Transfer to Another Distributor' });
    if ((await start.count()) > 0) await expect(start).toBeDisabled();
    const answer = await page.goto(`/pcp/customers/${number}/transfer/distributor`);
    expect(answer.status()).toBe(403);
    await expectAccessible(page, 'a page that may not be opened');
  });
});

test('menus are accessible when they are open', async ({ page }) => {
  await page.goto('/pcp/customers');
  const buttons = [page.getByRole('button', { name: /^You:/ }), page.getByRole('button', { name: /^Status:/ }), page.getByRole('button', { name: /^More actions for/ }).first()];
  for (const button of buttons) {
    await button.click();
    await expectAccessible(page, `the customers with a menu open`);
    await page.keyboard.press('Escape');
    await expect(button).toBeFocused();
  }
});

test('an address that does not exist says so in the frame', async ({ page }) => {
  const answer = await page.goto('/pcp/nowhere');
  expect(answer.status()).toBe(404);
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await expectAccessible(page, 'a page that does not exist');
});
