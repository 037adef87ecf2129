// What has to be true in the database once a customer was transferred.
import { balanceOf, openItems, row, rows, value } from './database.js';
import { cents, fromCents, timesHalfEven } from './money.js';
import { expect, expectVerified } from './test.js';

const documents = ['invoices', 'payments', 'credit_memos', 'debit_memos'];

// remember reads a customer before the transfer.
export async function remember(customer) {
  const before = { ...customer, balance: await balanceOf(customer.id), items: await openItems(customer.id), documents: {} };
  before.subscriptions = await rows(
    `select s.id, number_of('S', s.id) as number, s.status in ('cancelled', 'terminated') as ended, s.billing_period, s.price::text,
            r.root_id, p.name as plan
     from subscriptions s join plans p on p.id = s.plan_id join plan_roots r on r.plan_id = s.plan_id
     where s.customer_id = $1 order by s.id`,
    customer.id,
  );
  for (const table of documents) {
    before.documents[table] = (await rows(`select id from ${table} where customer_id = $1 order by id`, customer.id)).map((r) => r.id);
  }
  return before;
}

// carriedAs are the amounts of the memos that open the balance on the new account of a customer
// who owes: each open document converted on its own, or the whole balance.
const carriedAs = {
  open_items: (before, rate) => before.items.map((i) => timesHalfEven(i.rest, rate)),
  one_balance: (before, rate) => [timesHalfEven(before.balance, rate)],
  leave: () => [],
};

// expectTransferred checks everything that a distributor transfer promises. chosen are
// the numbers of subscriptions whose plan was chosen, with the name of the plan.
export async function expectTransferred(before, { order, to, rate = '1', chosen = {}, carry = 'open_items' }) {
  await expect.poll(() => value(`select status from transfer_orders where number_of('TO', id) = $1`, order), { timeout: 20_000 }).toBe('completed');
  const old = await row('select status, successor_id from customers where id = $1', before.id);
  expect(old.status).toBe('transferred_out');
  const created = await row(
    `select c.id, c.name, c.currency, c.status, d.external_id as distributor, d.id as distributor_id, d.currency as sells_in
     from customers c join distributors d on d.id = c.distributor_id where c.id = $1`,
    old.successor_id,
  );
  expect(created).toMatchObject({ name: before.name, status: 'active', distributor: to, currency: created.sells_in });

  const memos = carriedAs[carry](before, rate);
  expect(await balanceOf(before.id), 'balance of the old account').toBe(carry === 'leave' ? before.balance : '0.00');
  expect(await balanceOf(created.id), 'balance of the new account').toBe(fromCents(memos.reduce((sum, m) => sum + cents(m), 0n)));
  await expectSubscriptions(before, created, chosen);
  await expectDocuments(before, created, memos);
  expect(await rows(unbalanced), 'journal entries that do not balance').toEqual([]);
  await expectVerified();
  return created;
}

const unbalanced = `
  select entry_id, currency, sum(debit)::text as debit, sum(credit)::text as credit
  from journal_lines group by 1, 2 having sum(debit) <> sum(credit)`;

async function expectSubscriptions(before, created, chosen) {
  const now = await rows(
    `select s.id, s.customer_id, s.billing_period, p.distributor_id, p.name as plan, p.billing_period as plan_period, r.root_id
     from subscriptions s join plans p on p.id = s.plan_id join plan_roots r on r.plan_id = s.plan_id
     where s.id = any($1) order by s.id`,
    before.subscriptions.map((s) => s.id),
  );
  for (const [at, was] of before.subscriptions.entries()) {
    const is = now[at];
    if (was.ended) {
      expect(is, `ended ${was.number} stays`).toMatchObject({ customer_id: before.id, plan: was.plan, root_id: was.root_id });
      continue;
    }
    expect(is, `${was.number} moves`).toMatchObject({
      customer_id: created.id, distributor_id: created.distributor_id, billing_period: was.billing_period, plan_period: was.billing_period,
    });
    if (chosen[was.number]) expect(is.plan).toBe(chosen[was.number]);
    else expect(is.root_id, `plan of ${was.number}`).toBe(was.root_id);
  }
  expect(await value(`select count(*) from subscriptions where customer_id = $1 and status not in ('cancelled', 'terminated')`, before.id)).toBe('0');
}

// Documents stay; the only new ones are the memos that carry the balance of a customer who
// owes: a credit memo here, and there a debit memo for each item.
async function expectDocuments(before, created, memos) {
  for (const table of documents) {
    const here = (await rows(`select id from ${table} where customer_id = $1 order by id`, before.id)).map((r) => r.id);
    const there = await rows(`select id from ${table} where customer_id = $1`, created.id);
    expect(here.filter((id) => before.documents[table].includes(id)), `${table} that stay`).toEqual(before.documents[table]);
    expect(here.length - before.documents[table].length, `new ${table} of the old account`).toBe(table === 'credit_memos' && memos.length > 0 ? 1 : 0);
    expect(there.length, `${table} of the new account`).toBe(table === 'debit_memos' ? memos.length : 0);
  }
  const amounts = await rows(`select round(amount, 2)::text as amount from debit_memos d where customer_id = $1 order by d.amount`, created.id);
  expect(amounts.map((m) => m.amount), 'amounts of the items').toEqual([...memos].sort((a, b) => Number(a) - Number(b)));
}
