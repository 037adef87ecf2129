// Walks through the dialogs Transfer Subscriptions and Merge Customers by the names
// that a screen reader says.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { rows } from './database.js';
import { expect } from './test.js';

const candidates = `
  select c.id, number_of('C', c.id) as number, c.name, c.currency,
         (select count(*)::int from invoices i where i.customer_id = c.id) as invoices,
         (select count(*)::int from subscriptions s where s.customer_id = c.id) as subscriptions
  from customers c join distributors d on d.id = c.distributor_id
  where d.external_id = 'D-RAVEN' and c.status = 'active' and c.parent_customer_id is null
    and not exists (select 1 from customers child where child.parent_customer_id = c.id)
    and not exists (select 1 from transfer_orders o where c.id in (o.source_customer_id, o.target_customer_id))
    and not exists (select 1 from payments p where p.customer_id = c.id and p.status = 'processing')
    and not exists (select 1 from placed_orders o where o.customer_id = c.id and o.status not in ('completed', 'cancelled', 'failed'))
    and not exists (select 1 from subscriptions s where s.customer_id = c.id
                    and s.status not in ('active', 'suspended', 'cancelled', 'terminated'))`;

// claimBusiest takes customers of one distributor that no other test gets, those with
// the most of what is asked for ("invoices" or "subscriptions") first.
export async function claimBusiest(most, n) {
  const taken = [];
  for (const found of await rows(`${candidates} order by ${most === 'invoices' ? 5 : 6} desc, c.id`)) {
    try {
      mkdirSync(join(process.env.E2E_DIR, 'claims', found.number));
      taken.push(found);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (taken.length === n) return taken;
  }
  throw new Error(`Only ${taken.length} customers are left for this test.`);
}

export const merging = (page) => page.getByRole('dialog', { name: 'Merge Customers', exact: true });
export const moving = (page) => page.getByRole('dialog', { name: 'Transfer Subscriptions', exact: true });

// find narrows a list to what is typed.
export async function find(page, list, typed) {
  await page.goto(list);
  await page.getByRole('search', { name: 'Filter this list' }).getByRole('searchbox').fill(typed);
  await page.getByRole('search', { name: 'Filter this list' }).getByRole('searchbox').press('Enter');
  await page.waitForURL(/q=/);
}

// act opens the Actions menu and chooses.
export async function act(page, item) {
  await page.getByRole('button', { name: 'Actions', exact: true }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

// chooseTarget types the customer's number; with JavaScript the option is clicked.
export async function chooseTarget(dialog, customer) {
  const box = dialog.getByRole('combobox', { name: 'Target Customer', exact: true });
  await box.fill(customer.number);
  if (await box.getAttribute('aria-expanded')) await dialog.getByRole('option', { name: customer.number }).first().click();
}

// press waits for the preview that the button computes, also of many records on a busy machine.
const press = (dialog, name) => dialog.getByRole('button', { name, exact: true }).click({ timeout: 30_000 });

// preview presses Preview and takes the remedies that are one click away.
export async function preview(page, dialog) {
  await press(dialog, 'Preview');
  await page.waitForURL(/\/preview$/);
  const remedy = dialog.getByRole('button', { name: /^(Use the effective date|Also select)/ });
  for (let n = 0; n < 3 && (await remedy.count()) > 0; n++) await remedy.first().click();
  return page.url();
}

// goOn ticks every warning and continues to the confirmation.
export async function goOn(page, dialog) {
  for (const box of await dialog.getByRole('checkbox', { name: /^I understand: / }).all()) await box.check();
  await expect(dialog.getByRole('button', { name: 'Continue', exact: true }), await dialog.locator('.callout').allInnerTexts().then((t) => t.join('\n'))).toBeEnabled();
  await press(dialog, 'Continue');
  await page.waitForURL(/\/confirm$/);
  return page.url();
}

// execute presses Execute and returns the order.
export async function execute(page, dialog, result) {
  await press(dialog, 'Execute');
  await expect(page).toHaveURL(/\/pcp\/orders\/TO-\d{6,}$/);
  await expect(page.getByRole('status').filter({ hasText: result })).toBeVisible();
  return page.url().match(/TO-\d+$/)[0];
}

// toMergePreview and toMergeConfirm walk to a step and return its address.
export async function toMergePreview(page, [source, target]) {
  await page.goto(`/pcp/customers/${source.number}/merge`);
  await chooseTarget(merging(page), target);
  return preview(page, merging(page));
}

export async function toMergeConfirm(page, pair) {
  await toMergePreview(page, pair);
  return goOn(page, merging(page));
}

// subscriptionsOf returns the numbers of a customer's subscriptions that have not ended.
export const subscriptionsOf = async (customer) =>
  (await rows(`select number_of('S', id) as number from subscriptions where customer_id = $1 and status not in ('cancelled', 'terminated') order by id`, customer.id)).map((r) => r.number);

// toMovingPreview and toMovingConfirm walk to a step and return its address.
export async function toMovingPreview(page, [source, target]) {
  await page.goto(`/pcp/subscriptions/transfer?${(await subscriptionsOf(source)).map((s) => `subscription=${s}`).join('&')}`);
  await chooseTarget(moving(page), target);
  return preview(page, moving(page));
}

export async function toMovingConfirm(page, pair) {
  await toMovingPreview(page, pair);
  return goOn(page, moving(page));
}
