import { claim, rows, value } from './harness/database.js';
import { expect, test } from './harness/test.js';
import { expectTransferred, remember } from './harness/transferred.js';
import * as wizard from './harness/wizard.js';

const same = (numbers, plan) => Object.fromEntries(numbers.map((n) => [n, plan]));

test('a customer goes to Northern Cloud: another currency, a typed rate, a replacement plan', async ({ page }) => {
  const customer = await claim({ order: 'rich' });
  const before = await remember(customer);
  await wizard.openFromList(page, customer);
  await wizard.answerDistributor(page, { to: 'Northern Cloud', mode: wizard.onlySubscriptions });
  const replaced = await wizard.answerPlans(page, 'Pro yearly');
  await wizard.next(page);
  await wizard.answerRate(page, '0.7613579');
  const order = await wizard.confirm(page);
  const created = await expectTransferred(before, { order, to: 'D-NORTH', rate: '0.7613579', chosen: same(replaced, 'Pro yearly') });
  const enterprise = before.subscriptions.filter((s) => !s.ended && s.plan === 'Enterprise yearly').map((s) => s.number);
  expect(replaced.sort()).toEqual(enterprise.sort());

  await page.goto(`/pcp/orders/${order}`);
  await expect(page.getByRole('main')).toContainText('Completed');
  await page.goto(`/pcp/customers/${customer.number}`);
  await expect(page.getByRole('main')).toContainText('Transferred Out');
  await expect(page.getByRole('link', { name: new RegExp(await numberOf(created.id)) }).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Transfer to Another Distributor' })).toBeDisabled();
});

test('to a reseller with the same currency and all plans: no step but the first and the last', async ({ page }) => {
  const customer = await claim();
  const before = await remember(customer);
  await wizard.open(page, customer);
  await wizard.answerDistributor(page, { to: 'RavenStack Partners US', mode: wizard.onlySubscriptions });
  const order = await wizard.confirm(page);
  const created = await expectTransferred(before, { order, to: 'D-US' });
  expect(await value('select count(*) from payment_methods where customer_id = $1', created.id)).toBe('0');
  expect(await value('select count(*) from terms_acceptances where customer_id = $1', created.id)).toBe('0');
  expect(await mails(order)).toBe('0');
});

test('within one legal entity: terms and payment methods go along, the customer is told', async ({ page }) => {
  const customer = await claim({ where: 'exists (select 1 from terms_acceptances a where a.customer_id = c.id)' });
  const before = await remember(customer);
  const methods = await rows(`select label from payment_methods where customer_id = $1 and merchant_account = 'MA-RAVEN' and status = 'active'`, customer.id);
  await wizard.open(page, customer);
  await wizard.answerDistributor(page, { to: 'RavenStack West', mode: wizard.everything, notify: true });
  const replaced = await wizard.answerPlans(page, 'Basic yearly');
  await wizard.next(page);
  const order = await wizard.confirm(page);
  const created = await expectTransferred(before, { order, to: 'D-WEST', chosen: same(replaced, 'Basic yearly') });
  expect(await rows(`select label from payment_methods where customer_id = $1 and status = 'active'`, created.id)).toEqual(methods);
  const accepted = await rows(
    `select distinct r.root_id from terms_acceptances a join terms_roots r on r.terms_id = a.terms_id join terms t on t.id = a.terms_id
     where a.customer_id = $1 and t.distributor_id = $2`,
    created.id, created.distributor_id,
  );
  expect(accepted.length).toBeGreaterThan(0);
  expect(await mails(order)).toBe('1');
});

test('a missing plan is delegated through both levels instead of being replaced', async ({ page }) => {
  const customer = await claim();
  const before = await remember(customer);
  await wizard.open(page, customer);
  await wizard.answerDistributor(page, { to: 'Harbor Nordic', mode: wizard.onlySubscriptions });
  await wizard.answerPlans(page, 'Delegate');
  await page.getByLabel('Price of Enterprise yearly with Harbor Resale').fill('2000.00');
  await page.getByLabel('Price of Enterprise yearly with Harbor Nordic').fill('2100.50');
  await wizard.next(page);
  const order = await wizard.confirm(page);
  await expectTransferred(before, { order, to: 'D-HARBOR-SUB' });
  const delegated = await rows(
    `select d.external_id as seller, p.price::numeric(12, 2)::text as price, above.distributor_id = d.parent_id as from_parent
     from plans p join distributors d on d.id = p.distributor_id join plans above on above.id = p.delegated_from
     where p.name = 'Enterprise yearly' and d.external_id like 'D-HARBOR%' order by d.external_id`,
  );
  expect(delegated).toEqual([
    { seller: 'D-HARBOR', price: '2000.00', from_parent: true },
    { seller: 'D-HARBOR-SUB', price: '2100.50', from_parent: true },
  ]);
});

const numberOf = (id) => value(`select number_of('C', $1)`, id);

// mails counts the notifications of a transfer.
const mails = (order) => value(`select count(*) from outbox where number_of('TO', order_id) = $1`, order);
