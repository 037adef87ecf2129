// What the tests read in the database; they never write there.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { cents, fromCents } from './money.js';

const dateType = 1082;
pg.types.setTypeParser(dateType, (text) => text); // dates stay 2026-01-31

let pool;

// rows returns the rows of a query; numerics and bigints are strings.
export async function rows(query, ...values) {
  pool ??= new pg.Pool({ ...JSON.parse(process.env.E2E_DATABASE), max: 2 });
  return (await pool.query(query, values)).rows;
}

// row returns the only row of a query.
export async function row(query, ...values) {
  const found = await rows(query, ...values);
  if (found.length !== 1) throw new Error(`${found.length} rows instead of one from: ${query}`);
  return found[0];
}

// value returns the only column of the only row.
export const value = async (query, ...values) => Object.values(await row(query, ...values))[0];

// hold takes an advisory lock on a connection of its own; the function it returns gives it back.
export async function hold(key) {
  const client = new pg.Client(JSON.parse(process.env.E2E_DATABASE));
  await client.connect();
  await client.query('select pg_advisory_lock($1)', [key]);
  return () => client.end();
}

// close ends the connections of this process.
export async function close() {
  await pool?.end();
  pool = undefined;
}

// balances are those of all customers by the definition: open invoices + open debit
// memos - unapplied payments - unapplied credit memos. Money counts that was received.
export const balances = `
  with payment_allocations as (
    select a.* from payment_allocations a join payments p on p.id = a.payment_id where p.status = 'succeeded'
  ), applied_payments as (
    select p.id, p.customer_id, p.amount
           - coalesce((select sum(a.amount) from payment_allocations a where a.payment_id = p.id), 0)
           - coalesce((select sum(r.amount) from refunds r where r.payment_id = p.id and r.status = 'succeeded'), 0) as rest
    from payments p where p.status = 'succeeded'
  ), parts as (
    select i.customer_id, i.total
           - coalesce((select sum(a.amount) from payment_allocations a where a.invoice_id = i.id), 0)
           - coalesce((select sum(a.amount) from credit_allocations a where a.invoice_id = i.id), 0) as amount
    from invoices i where i.status = 'open'
    union all
    select d.customer_id, d.amount
           - coalesce((select sum(a.amount) from payment_allocations a where a.debit_memo_id = d.id), 0)
           - coalesce((select sum(a.amount) from credit_allocations a where a.debit_memo_id = d.id), 0)
    from debit_memos d where d.status = 'open'
    union all
    select customer_id, -greatest(0, rest) from applied_payments
    union all
    select c.customer_id, -(c.amount - coalesce((select sum(a.amount) from credit_allocations a where a.credit_memo_id = c.id), 0))
    from credit_memos c where c.status = 'open'
  )
  select customer_id, sum(amount) as balance from parts group by customer_id`;

// openItems are the customer's open documents with what is left of each once the customer's
// own credits are used up, oldest due date first: each is carried on its own.
export async function openItems(id) {
  const open = await rows(`
    with counted as (
      select a.invoice_id, a.debit_memo_id, a.amount from payment_allocations a join payments p on p.id = a.payment_id where p.status = 'succeeded'
      union all
      select a.invoice_id, a.debit_memo_id, a.amount from credit_allocations a
    )
    select number, coalesce(due_on, issued_on) as due, total - coalesce((select sum(amount) from counted where invoice_id = i.id), 0) as rest
    from invoices i where customer_id = $1 and status = 'open'
    union all
    select number, coalesce(due_on, issued_on), amount - coalesce((select sum(amount) from counted where debit_memo_id = d.id), 0)
    from debit_memos d where customer_id = $1 and status = 'open'
    order by 2, 1`, id);
  let credit = open.reduce((sum, d) => sum + cents(d.rest), 0n) - cents(await balanceOf(id));
  const items = [];
  for (const d of open) {
    const left = cents(d.rest) > credit ? cents(d.rest) - credit : 0n;
    credit -= cents(d.rest) - left;
    if (left > 0n) items.push({ number: d.number, rest: fromCents(left) });
  }
  return items;
}

export const balanceOf = (id) => value(`select coalesce((select round(balance, 2) from (${balances}) b where customer_id = $1), 0.00)::text`, id);

const candidates = `
  with balances as (${balances})
  select c.id, number_of('C', c.id) as number, c.name, c.external_id, round(b.balance, 2)::text as balance
  from customers c join distributors d on d.id = c.distributor_id join balances b on b.customer_id = c.id
  where d.external_id = $1 and c.status = 'active' and not c.bill_to_parent and b.balance > 0
    and exists (select 1 from subscriptions s join plans p on p.id = s.plan_id
                where s.customer_id = c.id and s.status not in ('cancelled', 'terminated') and p.name = $2)
    and not exists (select 1 from customers child where child.parent_customer_id = c.id)
    and not exists (select 1 from transfer_orders o where o.source_customer_id = c.id)`;

// orders of the candidates: what makes a test worth most comes first.
const orders = {
  // a credit that is not applied yet, then several open invoices
  rich: `(select count(*) from credit_memos m where m.customer_id = c.id and m.status = 'open') desc,
         (select count(*) from invoices i where i.customer_id = c.id and i.status = 'open') desc, c.id`,
  plain: 'c.id',
};

// claim takes a customer of a distributor that owes money and has a subscription of
// a plan; no other test gets the same one.
export async function claim({ distributor = 'D-RAVEN', plan = 'Enterprise yearly', order = 'plain', where = 'true' } = {}) {
  for (const found of await rows(`${candidates} and ${where} order by ${orders[order]}`, distributor, plan)) {
    try {
      mkdirSync(join(process.env.E2E_DIR, 'claims', found.number));
      return found;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
  throw new Error(`No customer of ${distributor} with ${plan} is left for this test.`);
}
