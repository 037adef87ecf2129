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
