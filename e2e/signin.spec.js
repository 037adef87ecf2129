import { administrator, password } from './harness/people.js';
import { expect, signedOut, test } from './harness/test.js';
import { value } from './harness/database.js';

test.use({ storageState: signedOut });

async function signIn(page, email, secret) {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('the front door leads to sign-in and from there to the panel', async ({ page }) => {
  await page.goto('/');
  await expect(page).toHaveURL('/sign-in');
  await signIn(page, administrator.email, password);
  await expect(page).toHaveURL(/\/pcp\/?$/);
  await expect(page.getByRole('navigation', { name: 'Main' })).toContainText('Provider Control Panel');
  await expect(page.getByRole('navigation', { name: 'Main' })).toContainText('RavenStack');
});

test('a page that was asked for comes after signing in', async ({ page }) => {
  await page.goto('/pcp/rates?currency=GBP');
  await expect(page).toHaveURL(/\/sign-in/);
  await signIn(page, administrator.email, password);
  await expect(page).toHaveURL('/pcp/rates?currency=GBP');
});

test('a wrong password says so, keeps the email address and is recorded', async ({ page }) => {
  await page.goto('/sign-in');
  await signIn(page, 'nobody@ravenstack.example', 'not the password');
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByLabel('E-mail')).toHaveValue('nobody@ravenstack.example');
  await expect(page.getByLabel('Password')).toHaveValue('');
  expect(await value(`select count(*) from sign_in_attempts where email = 'nobody@ravenstack.example' and not succeeded`)).toBe('1');
});

test('signing out ends the session', async ({ page, context }) => {
  await page.goto('/sign-in');
  await signIn(page, administrator.email, password);
  await page.getByRole('button', { name: /^You:/ }).click();
  const cookies = await context.cookies();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/sign-in');
  await context.addCookies(cookies); // a cookie that was copied opens nothing any more
  await page.goto('/pcp/');
  await expect(page).toHaveURL(/\/sign-in/);
});
