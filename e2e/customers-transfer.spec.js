import { balanceOf, row, rows, value } from './harness/database.js';
import * as dialog from './harness/dialog.js';
import { expect, expectVerified, test } from './harness/test.js';

const owned = ['subscriptions', 'invoices', 'payments', 'credit_memos', 'debit_memos'];
const count = (table, id) => value(`select count(*)::int from ${table} where customer_id = $1`, id);

// counts returns how many records of each kind both customers have together, and what they owe.
async function together(source, target) {
  const sums = {};
  for (const table of owned) sums[table] = (await count(table, source.id)) + (await count(table, target.id));
  sums.balance = (Number(await balanceOf(source.id)) + Number(await balanceOf(target.id))).toFixed(2);
  return sums;
}

async function expectCompleted(order) {
  expect(await value(`select status from transfer_orders where number_of('TO', id) = $1`, order)).toBe('completed');
  await expectVerified();
}

// expectMerged checks that everything of the source is the target's now.
async function expectMerged(source, target, before, order) {
  expect(await row('select status, successor_id from customers where id = $1', source.id)).toEqual({ status: 'merged', successor_id: target.id });
  const { effective } = await row(`select request->>'effective_on' as effective from transfer_orders where number_of('TO', id) = $1`, order);
  if (!effective) {
    for (const table of owned) expect(await count(table, source.id), `${table} of the source`).toBe(0);
    expect(await together(source, target)).toEqual(before);
  }
  expect(await balanceOf(source.id)).toBe('0.00');
  expect(await balanceOf(target.id)).toBe(before.balance);
  await expectCompleted(order);
}

// expectMoved checks that the subscriptions are the target's now.
async function expectMoved(source, target, subscriptions, before, order) {
  const now = await rows(`select distinct customer_id from subscriptions where number_of('S', id) = any($1)`, subscriptions);
  expect(now).toEqual([{ customer_id: target.id }]);
  expect(await together(source, target)).toEqual(before);
  await expectCompleted(order);
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('two customers with the most invoices are merged', async ({ page }) => {
      const [source, target] = await dialog.claimBusiest('invoices', 2);
      const before = await together(source, target);
      const merging = dialog.merging(page);
      if (javaScriptEnabled) {
        await dialog.find(page, '/pcp/customers', source.number);
        await page.getByRole('checkbox', { name: `Select ${source.number}`, exact: true }).check();
        await expect(page.getByText('1 selected')).toBeVisible();
        await dialog.act(page, 'Merge Selected');
      } else {
        await dialog.find(page, '/pcp/customers', source.number);
        await page.getByRole('button', { name: `More actions for ${source.number}` }).click();
        await page.getByRole('menuitem', { name: 'Merge', exact: true }).click();
      }
      await expect(merging).toBeVisible();
      await dialog.chooseTarget(merging, target);
      await dialog.preview(page, merging);
      await expect(merging).toContainText(`${source.name} will be merged into ${target.name}`);
      await dialog.goOn(page, merging);
      const order = await dialog.execute(page, merging, 'Successfully merged customer(s)');
      await expectMerged(source, target, before, order);

      await page.goto(`/pcp/customers/${source.number}`);
      await expect(page.getByRole('main')).toContainText(`Merged into ${target.name}`);
      await page.goto(`/pcp/search?q=${source.number}`);
      await expect(page.getByRole('link', { name: target.number })).toBeVisible();
    });

    test('the busiest customer’s subscriptions are transferred', async ({ page }) => {
      const [source, target] = await dialog.claimBusiest('subscriptions', 2);
      const before = await together(source, target);
      const subscriptions = await dialog.subscriptionsOf(source);
      await page.goto(`/pcp/subscriptions?customer=${source.number}`);
      for (const number of subscriptions) await page.getByRole('checkbox', { name: `Select ${number}`, exact: true }).check();
      await dialog.act(page, 'Transfer Subscription');
      const moving = dialog.moving(page);
      await expect(moving).toBeVisible();
      await dialog.chooseTarget(moving, target);
      await dialog.preview(page, moving);
      await dialog.goOn(page, moving);
      const order = await dialog.execute(page, moving, 'Successfully transferred subscription(s)');
      await expectMoved(source, target, subscriptions, before, order);
    });
  });
}

test('the actions say why they cannot be used', async ({ page }) => {
  await page.goto('/pcp/customers?status=active');
  const customers = await page.getByRole('checkbox', { name: /^Select C-/ }).all();
  for (const box of customers.slice(0, 3)) await box.check();
  await page.getByRole('button', { name: 'Actions', exact: true }).click();
  const merge = page.getByRole('menuitem', { name: /^Merge Selected/ });
  await expect(merge).toBeDisabled();
  await expect(merge).toContainText('Select at most two customers');
  await page.keyboard.press('Escape');
  await customers[0].uncheck();
  const numbers = [await customers[1].inputValue(), await customers[2].inputValue()];
  await dialog.act(page, /^Merge Selected/);
  await expect(page).toHaveURL(`/pcp/customers/${numbers[0]}/merge?target=${numbers[1]}`);

  await page.goto('/pcp/subscriptions');
  const groups = new Map();
  for (const box of await page.getByRole('checkbox', { name: /^Select S-/ }).all()) groups.set(await box.getAttribute('data-group'), box);
  for (const box of [...groups.values()].slice(0, 2)) await box.check();
  await page.getByRole('button', { name: 'Actions', exact: true }).click();
  const transfer = page.getByRole('menuitem', { name: /^Transfer Subscription/ });
  await expect(transfer).toBeDisabled();
  await expect(transfer).toContainText('belong to several customers');
});

test('a target that cannot be chosen is shown with its reason', async ({ page }) => {
  const [source] = await dialog.claimBusiest('invoices', 1);
  await page.goto(`/pcp/customers/${source.number}/merge`);
  const other = await row(
    `select number_of('C', c.id) as number from customers c join distributors d on d.id = c.distributor_id where d.external_id = 'D-UK' order by c.id limit 1`,
  );
  await page.getByRole('combobox', { name: 'Target Customer' }).fill(other.number);
  const option = page.getByRole('option', { name: other.number });
  await expect(option).toBeDisabled();
  await expect(option).toContainText('It belongs to');
});
