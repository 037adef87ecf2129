// Control settings: the password, and the second administrator under four eyes.
import { rows, value } from './harness/database.js';
import { administrator, password } from './harness/people.js';
import { command } from './harness/program.js';
import { expect, expectAccessible, test } from './harness/test.js';

const second = { email: 'bea@ravenstack.example', name: 'Bea Raven' };

// distributor makes a reseller that no other test uses, and returns the address of its page.
async function distributor() {
  await rows(`insert into distributors (name, parent_id, currency, country, legal_entity, merchant_account, status)
    select 'Four Eyes Ltd', id, currency, country, legal_entity, 'MA-FOUR-EYES', 'active' from distributors where parent_id is null`);
  return `/pcp/distributors/${await value(`select number_of('D', id) from distributors where name = 'Four Eyes Ltd'`)}`;
}

test('one administrator asks, another approves', async ({ page, browser }) => {
  const { binary, env } = JSON.parse(process.env.E2E_PROGRAM);
  const added = ['staff', 'add', '--email', second.email, '--name', second.name, '--distributor', 'D-RAVEN', '--role', 'administrator', '--password-stdin'];
  expect((await command(binary, added, env, password)).code).toBe(0);
  const address = await distributor();

  await page.goto(address);
  await expect(page.getByRole('main')).toContainText('Do not require approval by a second person yet'); // Bea is new
  await rows(`update staff set created_at = now() - interval '8 days' where email = $1`, second.email);
  await page.getByLabel('Approval by a second person').check();
  await page.getByRole('button', { name: 'Save approvals' }).click(); // the browser asks for the password
  await expect(page.locator('#approvals-password')).toBeFocused();
  await page.locator('#approvals-password').fill('not my password');
  await page.getByRole('button', { name: 'Save approvals' }).click();
  await expect(page.getByRole('alert')).toContainText('This is not your current password.');
  await expect(page.getByLabel('Approval by a second person')).toBeChecked();
  await page.locator('#approvals-password').fill(password);
  await page.getByRole('button', { name: 'Save approvals' }).click();
  await expect(page.getByText('were saved')).toBeVisible();

  await expect(page.getByRole('main')).toContainText(`the distributor above does: ${second.name}.`);
  await page.getByLabel('Approval by a second person').uncheck();
  await page.locator('#approvals-reason').fill('The pilot is over');
  await page.locator('#approvals-password').fill(password);
  await page.getByRole('button', { name: 'Save approvals' }).click();
  const waiting = page.getByRole('main');
  await expect(waiting).toContainText(`${administrator.name} requested this change`);
  await expect(page.getByRole('button', { name: 'Withdraw change' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Approve', exact: true })).toHaveCount(0);
  await expectAccessible(page, 'a distributor with a pending change');

  const theirs = await browser.newContext({ storageState: { cookies: [], origins: [] }, baseURL: process.env.E2E_BASE });
  const other = await theirs.newPage();
  await other.goto('/sign-in');
  await other.getByLabel('E-mail').fill(second.email);
  await other.getByLabel('Password').fill(password);
  await other.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(other.getByRole('main')).toContainText('Approvals of Four Eyes Ltd');
  await expectAccessible(other, 'home with a setting to approve');
  await other.getByRole('link', { name: 'Approvals of Four Eyes Ltd' }).click();
  await expect(other.getByRole('main')).toContainText('The pilot is over');
  await expectAccessible(other, 'a pending change with its answer');
  await other.locator('[id^="change-"][id$="-password"]').fill(password);
  await other.getByRole('button', { name: 'Approve', exact: true }).click();
  await expect(other.getByText('The change of "Approvals" is now in effect.')).toBeVisible();
  expect(await value(`select require_approval from distributors where name = 'Four Eyes Ltd'`)).toBe(false);
  await other.goto('/pcp/');
  await expect(other.getByRole('main')).not.toContainText('Approvals of Four Eyes Ltd');
  await theirs.close();
});

test('the chart of accounts is a control setting', async ({ page }) => {
  await rows(`insert into distributors (name, parent_id, currency, country, legal_entity, merchant_account, status)
    select 'Own Chart Ltd', id, currency, country, legal_entity, 'MA-OWN-CHART', 'active' from distributors where parent_id is null`);
  const number = await value(`select number_of('D', id) from distributors where name = 'Own Chart Ltd'`);
  await page.goto('/pcp/');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Chart of Accounts' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Chart of Accounts');
  await page.goto(`/pcp/chart?distributor=${number}`);
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'Clearing' }) });
  await expect(row).toContainText('Not kept');
  await page.getByLabel('Clearing: accounts').fill('1991');
  await page.getByLabel('Clearing: posts to').fill('1990 Handovers');
  await page.locator('#chart-password').fill(password);
  await page.getByRole('button', { name: 'Save chart' }).click();
  await expect(page.getByRole('alert')).toContainText('is not one of the accounts for clearing');
  await expect(page.getByLabel('Clearing: accounts')).toHaveValue('1991');
  await expectAccessible(page, 'the chart with a mistake');
  await page.getByLabel('Clearing: posts to').fill('1991 Handovers');
  await page.locator('#chart-password').fill(password);
  await page.getByRole('button', { name: 'Save chart' }).click();
  await expect(page.getByText('was saved')).toBeVisible();
  expect(await value(`select posts_to from charts where role = 'clearing' and distributor_id = (select id from distributors where name = 'Own Chart Ltd')`)).toBe('1991 Handovers');
});
