// Records that the tests look at but never change.
import { row, value } from './database.js';

// customer is one with many documents, of a reseller that no test transfers from.
export const customer = () =>
  row(`select c.id, number_of('C', c.id) as number, c.name from customers c
       join distributors d on d.id = c.distributor_id
       where d.external_id = 'D-UK' and c.status = 'active'
       order by (select count(*) from invoices i where i.customer_id = c.id) desc, c.id limit 1`);

export const distributor = (external) => value(`select number_of('D', id) from distributors where external_id = $1`, external);

export const plan = (distributorExternal, name) =>
  row(`select p.id, number_of('P', p.id) as number, p.price::text from plans p join distributors d on d.id = p.distributor_id
       where d.external_id = $1 and p.name = $2`, distributorExternal, name);

// subscription is one of the customer's with many records.
export const subscription = async () =>
  value(
    `select number_of('S', s.id) from subscriptions s where s.customer_id = $1
     order by (select count(*) from revenue_schedules r where r.subscription_id = s.id) desc, s.id limit 1`,
    (await customer()).id,
  );

const tables = { invoice: 'invoices', payment: 'payments', refund: 'refunds', credit_memo: 'credit_memos', debit_memo: 'debit_memos' };

// document is the id of one document of a kind, with a few links to others.
export const document = (kind) => value(`select id from ${tables[kind]} order by id desc limit 1`);
