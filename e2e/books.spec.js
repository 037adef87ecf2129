// What accountants look at: how a balance is carried and posted, what settles a document, the
// warnings of an import, reconciliation, and the chart of accounts.
import { claim, row, rows, value } from './harness/database.js';
import { auditor, password } from './harness/people.js';
import { expect, expectAccessible, expectNoSidewaysScroll, signedOut, test } from './harness/test.js';
import { expectTransferred, remember } from './harness/transferred.js';
import * as wizard from './harness/wizard.js';

const several = `(select count(*) from invoices i where i.customer_id = c.id and i.status = 'open') > 1`;
const carry = (page, name) => page.getByRole('group', { name: 'Open balance' }).getByRole('radio', { name });
const main = (page) => page.getByRole('main');
const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

// upload sends a file to System > Import.
async function upload(page, name, text, { dryRun = false } = {}) {
  await page.goto('/pcp/import');
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.getByRole('checkbox', { name: /^Dry run/ }).setChecked(dryRun);
  await page.getByRole('button', { name: 'Import', exact: true }).click();
}

// toConfirm answers the wizard on the way to a reseller with the same currency and all plans.
async function toConfirm(page, customer, { to = 'RavenStack Partners US', how } = {}) {
  await wizard.open(page, customer);
  if (how) await carry(page, how).check();
  await wizard.answerDistributor(page, { to, mode: wizard.onlySubscriptions });
  await wizard.expectStep(page, 'Confirm');
}

test.describe('the wizard asks how the balance is carried', () => {
  test('as open items, unless one says otherwise: each keeps its number and due date', async ({ page }) => {
    const customer = await claim({ order: 'rich', where: several });
    const before = await remember(customer);
    await wizard.open(page, customer);
    await expect(carry(page, 'Carry each open document')).toBeChecked();
    await expectAccessible(page, 'the question how the balance is carried');
    await toConfirm(page, customer);
    for (const item of before.items) await expect(page.getByRole('region', { name: 'Memos that carry the balance' })).toContainText(item.number);
    const order = await wizard.confirm(page);
    const created = await expectTransferred(before, { order, to: 'D-US' });
    const origins = await rows(
      `select d.origin_number as number, d.due_on = i.due_on as due from debit_memos d join invoices i on i.number = d.origin_number
       where d.customer_id = $1 and i.customer_id = $2 order by i.number`, created.id, customer.id);
    expect(origins).toEqual(before.items.map((i) => ({ number: i.number, due: true })).sort((a, b) => (a.number < b.number ? -1 : 1)));
  });

  test('as one balance', async ({ page }) => {
    const customer = await claim({ where: several });
    const before = await remember(customer);
    await toConfirm(page, customer, { how: 'Carry one balance' });
    await expect(main(page)).toContainText(`${before.items.length} documents`);
    const order = await wizard.confirm(page);
    await expectTransferred(before, { order, to: 'D-US', carry: 'one_balance' });
  });

  test('or is left where it is', async ({ page }) => {
    const customer = await claim();
    const before = await remember(customer);
    await toConfirm(page, customer, { how: /^Leave the balance with/ });
    await expect(main(page)).toContainText('Left where it is');
    await expect(page.getByRole('region', { name: 'Memos that carry the balance' })).toHaveCount(0);
    const order = await wizard.confirm(page);
    await expectTransferred(before, { order, to: 'D-US', carry: 'leave' });
  });
});

test('a closed day is refused, and the first open day is one click away', async ({ page }) => {
  // A reseller of its own: its closed periods touch no other test.
  const seller = await value(`insert into distributors (name, parent_id, currency, country, legal_entity, merchant_account, brand_id, status)
    select 'Closed Books Ltd', id, currency, country, 'Closed Books Ltd', 'MA-CLOSED', brand_id, 'active' from distributors where external_id = 'D-RAVEN' returning id`);
  await rows(`insert into plans (distributor_id, delegated_from, name, currency, billing_period, price, transferable)
    select $1, p.id, p.name, p.currency, p.billing_period, p.price, true from plans p join distributors d on d.id = p.distributor_id
    where d.external_id = 'D-RAVEN'`, seller);
  await rows(`insert into financial_periods (distributor_id, start_on, end_on, status) values ($1, $2, $3, 'closed')`, seller, day(-40), day(3));
  const customer = await claim();
  await toConfirm(page, customer, { to: 'Closed Books Ltd' });
  await expect(main(page)).toContainText('closed financial period of Closed Books Ltd');
  await expect(page.getByRole('button', { name: 'Transfer', exact: true })).toBeDisabled();
  await expectAccessible(page, 'a preview that would be posted on a closed day');

  await page.getByLabel('Posting date').fill(day(2));
  await page.getByRole('button', { name: 'Use this date' }).click();
  await expect(main(page)).toContainText('closed financial period of Closed Books Ltd');
  await page.getByLabel('Posting date').fill(day(90));
  await page.getByRole('button', { name: 'Use this date' }).click();
  await expect(page.getByRole('alert')).toContainText(/62 days|at most/);

  await page.getByRole('button', { name: /^Post on / }).click();
  await expect(page.getByLabel('Posting date')).toHaveValue(day(4));
  await expect(main(page)).not.toContainText('closed financial period of Closed Books Ltd');
  const order = await wizard.confirm(page);
  await expect(main(page)).toContainText('Completed');
  expect(await value(`select string_agg(distinct e.posted_on::text, ' ') from journal_entries e join journal_lines l on l.entry_id = e.id
    where number_of('TO', l.order_id) = $1`, order)).toBe(day(4));
});

test('an order leads to the reconciliation of both accounts, and that to what differs', async ({ page }) => {
  const customer = await claim({ order: 'rich' });
  await wizard.toConfirm(page, customer);
  const order = await wizard.confirm(page);
  await expect(main(page)).toContainText('Completed');
  await expect(page.getByRole('region', { name: 'Ledger less sub-ledger of each account' })).toContainText('Receivable: ledger - balances');
  await page.getByRole('link', { name: 'Reconciliation of both accounts' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Reconciliation of both accounts');
  await expect(main(page)).toContainText('the two sides differ by $ 0.00');
  const lines = page.getByRole('region', { name: 'Clearing and intercompany lines' });
  await expect(lines.getByRole('columnheader', { name: /^At the table rate/ })).toBeVisible();
  await expect(lines).toContainText('0.7979');
  await lines.getByRole('link', { name: /^JE-/ }).last().click();
  await expect(main(page)).toContainText('Counterparty: RavenStack');

  // The customer's entry of 9.00 has no document: the books and the balance differ by that.
  const successor = await row(`select number_of('C', s.id) as number, s.id, s.currency from customers c join customers s on s.id = c.successor_id where c.id = $1`, customer.id);
  const entry = await value(`insert into journal_entries (distributor_id, customer_id, posted_on, memo)
    select distributor_id, id, current_date, 'Correction' from customers where id = $1 returning id`, successor.id);
  await rows(`insert into journal_lines (entry_id, account, debit, credit, currency)
    select $1, account, debit, credit, $2 from (values ('1100 Accounts receivable', 9, 0), ('4000 Revenue', 0, 9)) as l(account, debit, credit)`, entry, successor.currency);
  await page.goto(`/pcp/reconciliation/orders/${order}`);
  await expect(page.getByRole('region', { name: 'Receivable: what differs' })).toContainText('9.00');
  await page.goto('/pcp/reconciliation');
  await page.getByRole('button', { name: 'Check now' }).click({ timeout: 120_000 }); // it reads all books
  await expect(main(page)).toContainText('Last checked');
  await page.getByRole('link', { name: /^Show the records of Northern Cloud in \w+: Receivable in the ledger equals the balance of each account/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Receivable in the ledger equals the balance of each account');
  await page.getByRole('link', { name: successor.number }).click();
  await expect(page.getByRole('region', { name: 'Receivable: what differs' })).toContainText(`JE-${String(entry).padStart(6, '0')}`);
  await expectAccessible(page, 'the reconciliation of an account that differs');
});

test.describe('the chart of accounts as an auditor', () => {
  test.use({ storageState: signedOut });

  test('can be read, and not changed', async ({ page }) => {
    await page.goto('/sign-in');
    await page.getByLabel('E-mail').fill(auditor.email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(page).toHaveURL(/\/pcp\//);
    await page.goto('/pcp/chart');
    const receivable = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'Receivable' }) });
    await expect(receivable).toContainText('1100');
    await expect(receivable).toContainText('Kept');
    await expect(page.getByRole('button', { name: 'Save chart' })).toHaveCount(0);
    await expect(main(page).getByRole('textbox')).toHaveCount(0);
    const number = await value(`select number_of('D', id) from distributors where external_id = 'D-RAVEN'`);
    const refused = await page.request.post(`/pcp/chart/${number}`, { form: { receivable_accounts: '1200' }, maxRedirects: 0 });
    expect(refused.status()).toBe(403);
    expect(await value(`select count(*)::int from chart_roles where role = 'receivable' and '1200' = any(accounts)`)).toBe(0);
    await page.setViewportSize({ width: 390, height: 844 });
    await expectNoSidewaysScroll(page, 390);
  });
});

test('an import warns of a document that it keeps open, and the documents say what does not count', async ({ page }) => {
  const customer = await claim({ where: `c.external_id is not null and exists (select 1 from invoices i where i.customer_id = c.id and i.status = 'open' and i.settled = 0 and i.external_id is not null)` });
  const invoice = await row(
    `select id, external_id, number, issued_on, due_on, currency, round(total, 2)::text as total from invoices
     where customer_id = $1 and status = 'open' and settled = 0 order by id limit 1`, customer.id);
  const failed = `PMT-FAILED-${invoice.id}`;
  await upload(page, 'payments.csv', `id,customer_id,payment_method_id,received_on,amount,currency,status
${failed},${customer.external_id},,${invoice.issued_on},${invoice.total},${invoice.currency},failed
`);
  await expect(page.getByRole('status').filter({ hasText: 'Imported payments.csv: 1 row read' })).toBeVisible();
  await upload(page, 'payment_allocations.csv', `payment_id,invoice_id,debit_memo_id,amount\n${failed},${invoice.external_id},,${invoice.total}\n`);
  const paid = `id,number,customer_id,issued_on,due_on,currency,status,restricted
${invoice.external_id},${invoice.number},${customer.external_id},${invoice.issued_on},${invoice.due_on},${invoice.currency},paid,
`;
  await upload(page, 'invoices.csv', paid, { dryRun: true });
  await expect(page.getByRole('region', { name: 'Warnings' })).toContainText('kept open: the file says paid');
  await expectAccessible(page, 'a dry run with a warning');
  await upload(page, 'invoices.csv', paid);
  await expect(page.getByRole('status').filter({ hasText: 'Imported invoices.csv with 1 warning' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Warnings' })).toContainText('invoices.csv:2: status');

  const payment = await value(`select id from payments where external_id = $1`, failed);
  await page.goto(`/pcp/documents/payment/${payment}`);
  await expect(page.getByRole('region', { name: 'Settles' })).toContainText(`for ${invoice.number}, not counted: payment failed`);
  await page.getByRole('link', { name: invoice.number }).click();
  await expect(page.getByRole('region', { name: 'Settled by' })).toContainText('not counted: payment failed');
  await expect(page.getByRole('heading', { level: 1 }).locator('..')).toContainText('Open');
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoSidewaysScroll(page, 390);
});
