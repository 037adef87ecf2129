// Orders that live: followed, scheduled, approved, rejected, retried, cancelled.
import { hold, row, rows, value } from './harness/database.js';
import * as dialog from './harness/dialog.js';
import { password } from './harness/people.js';
import { command } from './harness/program.js';
import { expect, test } from './harness/test.js';

// newPair makes two customers of a distributor; the first has draft invoices.
async function newPair(distributor, name, invoices = 1) {
  const made = [];
  for (const which of ['Old', 'New']) {
    made.push(await row(
      `insert into customers (distributor_id, name, email, currency, country, status, created_on)
       select id, $2, '', currency, country, 'active', '2024-01-01' from distributors where external_id = $1 returning id, number_of('C', id) as number, name`,
      distributor, `${which} ${name}`));
  }
  await rows(
    `insert into invoices (number, customer_id, issued_on, due_on, currency, status, buyer_name)
     select 'LIVE-' || $1 || '-' || n, $1::bigint, '2024-02-01', '2024-03-01', 'USD', 'draft', '' from generate_series(1, $2::int) n`, made[0].id, invoices);
  return made;
}

const orderNumber = (page) => page.url().match(/TO-\d+/)[0];
const status = (order) => value(`select status from transfer_orders where number_of('TO', id) = $1`, order);

// submit confirms the merge and stays on the page of the order.
async function submit(page, pair) {
  await dialog.toMergeConfirm(page, pair);
  await dialog.merging(page).getByRole('button', { name: 'Execute', exact: true }).click();
  await expect(page).toHaveURL(/\/orders\/TO-\d+$/);
  return orderNumber(page);
}

// slowly lets a transfer of the invoices of an account take a breath of some seconds at
// every nth of them: the machine of the test may be fast.
async function slowly(account, seconds, nth) {
  await rows(`create or replace function breathe() returns trigger language plpgsql as $$ begin perform pg_sleep(tg_argv[0]::float); return new; end $$`);
  await rows(`create trigger breathe_${account.id} before update on invoices for each row
    when (old.customer_id = ${account.id} and old.id % ${nth} = 0) execute function breathe('${seconds}')`);
}

// paused keeps a transfer of the account's invoices waiting until the function it returns is called.
async function paused(account) {
  const goOn = await hold(account.id);
  await rows(`create or replace function wait_for_test() returns trigger language plpgsql as $$
    begin perform pg_advisory_xact_lock(tg_argv[0]::bigint); return new; end $$`);
  await rows(`create trigger wait_${account.id} before update on invoices for each row
    when (old.customer_id = ${account.id}) execute function wait_for_test('${account.id}')`);
  return goOn;
}

const merged = (page) => page.getByRole('status').filter({ hasText: 'Successfully merged customer(s)' });

test('a long transfer is followed to its end, and a closed page changes nothing', async ({ page, context }) => {
  test.setTimeout(120_000);
  const pair = await newPair('D-AU', 'Long Haul', 60_000);
  await slowly(pair[0], 0.8, 4000);
  const order = await submit(page, pair);
  const bar = page.getByRole('progressbar');
  await expect(bar).toBeVisible();
  await expect(page.getByText(/of 60,000 records/)).toBeVisible();
  const at = () => bar.evaluateAll((bars) => bars.map((b) => b.value).join());
  const before = await at();
  const moves = expect.poll(async () => ['', before].includes(await at()), { message: 'the bar stands still', intervals: [50], timeout: 60_000 }).toBe(false);
  const other = await context.newPage(); // as somebody who looks in and leaves
  await other.goto(`/pcp/orders/${order}`);
  await other.goto(`/pcp/customers/${pair[0].number}`); // where the account says what holds it
  await expect(other.getByRole('progressbar')).toBeVisible();
  await expect(other.getByText(/of 60,000 records/)).toBeVisible();
  await other.close();
  await moves;
  await expect(merged(page)).toBeVisible({ timeout: 90_000 });
  expect(await value('select count(*) from invoices where customer_id = $1', pair[1].id)).toBe('60000');
});

test.describe('a stream that does not open', () => {
  test.use({ complaints: [async ({}, use) => use([]), { auto: true }] }); // the 503 is ours
  test('is tried again, and the page says nothing wrong meanwhile', async ({ page }) => {
    test.setTimeout(120_000);
    const pair = await newPair('D-AU', 'Deaf');
    const goOn = await paused(pair[0]);
    let refused = 0;
    await page.route(/\/progress$/, (route) => route.fulfill({ status: 503, contentType: 'text/html', body: 'Too many wait.' }).then(() => { refused += 1; }));
    await submit(page, pair);
    await expect.poll(() => refused).toBe(1);
    await expect(page.getByText('The transfer is in progress')).toBeVisible();
    await expect(page.getByText('Too many wait.')).toBeHidden();
    await page.unroute(/\/progress$/);
    await goOn();
    await expect(merged(page)).toBeVisible({ timeout: 90_000 });
  });
});

test('a transfer starts later by itself, or is cancelled before', async ({ page }) => {
  const pair = await newPair('D-AU', 'Later');
  await dialog.toMergeConfirm(page, pair);
  const box = dialog.merging(page);
  await box.getByText('Start later').click();
  await box.getByLabel('Start at').fill('2020-01-01T08:00');
  await box.getByRole('button', { name: 'Execute', exact: true }).click();
  await expect(page.getByRole('main')).toContainText('is in the past; choose a later time');
  await box.getByLabel('Start at').fill(new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 16));
  await box.getByRole('button', { name: 'Execute', exact: true }).click();
  await expect(page.getByRole('main')).toContainText('This order is scheduled');
  const order = orderNumber(page);
  expect(await status(order)).toBe('scheduled');
  await rows(`update transfer_orders set start_at = now() where number_of('TO', id) = $1`, order); // its time has come
  await expect.poll(() => status(order), { timeout: 20_000 }).toBe('completed');

  const next = await newPair('D-AU', 'Never');
  await dialog.toMergeConfirm(page, next);
  await box.getByText('Start later').click();
  await box.getByLabel('Start at').fill(new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 16));
  await box.getByRole('button', { name: 'Execute', exact: true }).click();
  await page.getByLabel('Why it is cancelled').fill('Not needed');
  await page.getByRole('button', { name: 'Cancel order', exact: true }).click();
  await expect(page.getByRole('main')).toContainText('Nothing was transferred. Not needed');
  expect(await status(orderNumber(page))).toBe('cancelled');
});

test('a second person approves, or rejects with a reason', async ({ page, browser }) => {
  await page.goto(`/pcp/distributors/${await value(`select number_of('D', id) from distributors where external_id = 'D-CA'`)}`);
  await page.getByLabel('Approval by a second person').check();
  await page.locator('#approvals-password').fill(password);
  await page.getByRole('button', { name: 'Save approvals' }).click();
  await expect(page.getByText('were saved')).toBeVisible();
  const second = { email: 'sam@ravenstack.example', name: 'Sam Raven' };
  const { binary, env } = JSON.parse(process.env.E2E_PROGRAM);
  const added = ['staff', 'add', '--email', second.email, '--name', second.name, '--distributor', 'D-RAVEN', '--role', 'account_manager', '--password-stdin'];
  expect((await command(binary, added, env, password)).code).toBe(0);
  const theirs = await browser.newContext({ storageState: { cookies: [], origins: [] }, baseURL: process.env.E2E_BASE });
  const other = await theirs.newPage();
  await other.goto('/sign-in');
  await other.getByLabel('E-mail').fill(second.email);
  await other.getByLabel('Password').fill(password);
  await other.getByRole('button', { name: 'Sign in', exact: true }).click();

  const approved = await submit(page, await newPair('D-CA', 'Agreed'));
  await expect(page.getByRole('main')).toContainText('This order waits for approval');
  await expect(page.getByRole('button', { name: 'Approve', exact: true })).toHaveCount(0);
  await other.goto('/pcp/');
  await other.getByRole('link', { name: approved, exact: true }).first().click();
  await other.getByRole('button', { name: 'Approve', exact: true }).click();
  await expect.poll(() => status(approved)).toBe('completed');
  await page.reload();
  await expect(page.getByRole('main')).toContainText(second.name);

  const rejected = await submit(page, await newPair('D-CA', 'Refused'));
  await other.goto(`/pcp/orders/${rejected}`);
  await other.getByRole('button', { name: 'Reject', exact: true }).click();
  await expect(other.getByRole('main')).toContainText('give a reason');
  await other.getByLabel('Reason').fill('The customer objects');
  await other.getByRole('button', { name: 'Reject', exact: true }).click();
  await expect(other.getByRole('main')).toContainText('This order was rejected; nothing was changed');
  await page.goto('/pcp/bell');
  await expect(page.getByRole('main')).toContainText('The customer objects');
  await theirs.close();
});

test('a failed transfer is retried', async ({ page }) => {
  const pair = await newPair('D-AU', 'Second Try');
  await rows(`create or replace function refuse_${pair[0].id}() returns trigger language plpgsql as $$ begin raise exception 'out of order'; end $$`);
  await rows(`create trigger refuse_${pair[0].id} before update on invoices for each row when (old.customer_id = ${pair[0].id}) execute function refuse_${pair[0].id}()`);
  const order = await submit(page, pair);
  await expect(page.getByRole('main')).toContainText('The transfer failed; nothing was changed');
  await rows(`drop trigger refuse_${pair[0].id} on invoices`);
  await page.getByRole('button', { name: 'Retry', exact: true }).click();
  await expect(dialog.merging(page)).toBeVisible();
  await dialog.goOn(page, dialog.merging(page));
  expect(await dialog.execute(page, dialog.merging(page), 'Successfully merged customer(s)')).toBe(order);
  expect(await value('select count(*) from invoices where customer_id = $1', pair[1].id)).toBe('1');
});

test('an order is printed', async ({ page }) => {
  const order = await submit(page, await newPair('D-AU', 'Printed'));
  await expect(page.getByRole('status').filter({ hasText: 'Successfully merged customer(s)' })).toBeVisible();
  const file = await page.request.get(`/pcp/orders/${order}/order.pdf`);
  expect(file.headers()['content-type']).toBe('application/pdf');
  expect((await file.body()).subarray(0, 5).toString()).toBe('%PDF-');
});
