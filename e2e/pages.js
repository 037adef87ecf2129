// Every address of the panel with a place to look at it. pages.spec.js opens each;
// it fails when web/routes*.go has one that is missing here.
import { claim, rows, value } from './harness/database.js';
import { customer, distributor, document, subscription } from './harness/records.js';
import * as dialog from './harness/dialog.js';
import * as wizard from './harness/wizard.js';

const fixed = (address) => ({ address: async () => address });
const named = (name, address) => ({ name, address: async () => address });
const ofCustomer = (tab) => ({ address: async () => `/pcp/customers/${(await customer()).number}${tab}` });
const ofSubscription = (tab) => ({ name: tab, address: async () => `/pcp/subscriptions/${await subscription()}/${tab}` });
const ofOrder = (tab) => ({ way: 'an order', address: async ({ page }) => `/pcp/orders/${await completedOrder(page)}${tab}` });

// once returns what a walk leads to; a worker walks only once.
const once = (walk) => {
  let found;
  return async (page) => (found ??= await walk(page));
};

// completedOrder transfers a customer and tells them.
const completedOrder = once(async (page) => {
  await wizard.toConfirm(page, await claim({ order: 'rich', where: `c.email <> ''` }), { notify: true });
  const order = await wizard.confirm(page);
  await page.getByText('Completed').first().waitFor();
  return order;
});

// alongTheWay are the pages that one walk to a confirmation passes, which one worker looks at.
const alongTheWay = (way, walk) => {
  const toConfirm = once(walk);
  return (step) => ({ way, address: async ({ page }) => (await toConfirm(page)).replace(/confirm$/, step) });
};
const transferring = alongTheWay('a transfer', async (page) => wizard.toConfirm(page, await claim({ order: 'rich' })));
const merging = alongTheWay('a merge', async (page) => dialog.toMergeConfirm(page, await dialog.claimBusiest('invoices', 2)));
const moving = alongTheWay('a transfer of subscriptions', async (page) => dialog.toMovingConfirm(page, await dialog.claimBusiest('subscriptions', 2)));

// mailOf returns the id of the mail that an order wrote.
const mailOf = (number) => value(`select id from outbox where number_of('TO', order_id) = $1`, number);

// aWebhook returns the id of a webhook with a message; nothing is sent to it. Its id is fixed,
// so that there is one whoever comes first.
const aWebhook = async () => {
  await rows(
    `with hook as (
       insert into webhook_endpoints (id, distributor_id, url, description, events, status, reason) overriding system value
       select 700001, id, 'https://billing.example/handover', 'The billing system', '{order.completed,customer.merged}', 'disabled', 'The receiver answered 410: it accepts no more messages.'
       from distributors where parent_id is null on conflict do nothing returning id)
     insert into webhook_deliveries (endpoint_id, message_id, event, occurred_at, next_attempt_at, attempts, status, last_error, answered, payload)
     select id, 'msg_0001', 'order.completed', now(), now(), 3, 'failed', 'The receiver answered 410: it accepts no more messages.', 410, '{"type":"order.completed"}' from hook`);
  return 700001;
};
const messageOf = (hook) => value(`select min(id) from webhook_deliveries where endpoint_id = $1`, hook);

// aDifference makes an entry that no account owns in the provider's books, once, and has the books
// checked. Its id is fixed.
const aDifference = async (page) => {
  await rows(
    `with entry as (
       insert into journal_entries (id, distributor_id, posted_on, memo) overriding system value
       select 700001, id, '2026-02-03', 'Opening balance' from distributors where parent_id is null on conflict do nothing returning id)
     insert into journal_lines (entry_id, account, debit, credit, currency)
     select id, account, debit, credit, 'EUR' from entry, (values ('1100 Accounts receivable', 9, 0), ('4000 Revenue', 0, 9)) as l(account, debit, credit)`);
  await page.goto('/pcp/reconciliation');
  await page.getByRole('button', { name: 'Check now' }).click({ timeout: 120_000 });
  return value(`select number_of('D', id) from distributors where parent_id is null`);
};

// entryOf returns the id of the audit entry of an order's execution.
const entryOf = (number) => value(`select id from audit_entries where number_of('TO', order_id) = $1 and action = 'transfer.execute'`, number);

// walked says on which page the keyboard goes through a component: those of views/ui, then what
// pages have of their own. Those with null take no focus.
export const walked = {
  button: '/pcp/customers/:number',
  callout: '/pcp/customers/:number/merge/preview',
  card: '/pcp/distributors/:number',
  combobox: '/pcp/customers/:number/transfer/distributor',
  facts: '/pcp/subscriptions/:number',
  field: '/pcp/rates/new',
  filter: '/pcp/orders',
  header: '/pcp/orders/:number',
  menu: '/pcp/customers',
  multi: '/pcp/customers',
  status: null,
  table: '/pcp/staff',
};
export const walkedBesides = {
  'a form before signing in': '/sign-in',
  'the frame and the home page': '/pcp/',
  'files to upload': '/pcp/import',
  'a table of fields': '/pcp/chart',
  'warnings to accept': '/pcp/customers/:number/transfer/confirm',
  'a text to edit': '/pcp/templates/:brand/:kind',
};

// pages: an entry, or several that show the page in different states. The rows of a moving page
// follow what the other tests do. One worker looks at all pages along one way.
export const pages = {
  '/sign-in': { ...fixed('/sign-in'), signedOut: true },
  '/sign-in/code': { ...named('no first step', '/sign-in/code'), signedOut: true },
  '/pcp/account/second-factor': fixed('/pcp/account/second-factor'),
  '/forgot-password': { ...fixed('/forgot-password'), signedOut: true },
  '/invitation/:token': { ...fixed('/invitation/nothing'), signedOut: true, status: 404 }, // one that works: invitation.spec.js
  '/reset/:token': { ...fixed('/reset/nothing'), signedOut: true, status: 404 },
  '/pcp/': fixed('/pcp/'),
  '/pcp/search': [
    { name: 'a customer', address: async () => `/pcp/search?q=${encodeURIComponent((await customer()).name)}` },
    named('nothing found', '/pcp/search?q=nowhere'),
  ],

  '/pcp/customers': [fixed('/pcp/customers'), named('nothing fits', '/pcp/customers?q=nowhere')],
  '/pcp/customers/:number': ofCustomer(''),
  '/pcp/customers/:number/subscriptions': ofCustomer('/subscriptions'),
  '/pcp/customers/:number/documents': ofCustomer('/documents'),
  '/pcp/customers/:number/payment-methods': ofCustomer('/payment-methods'),
  '/pcp/customers/:number/terms': ofCustomer('/terms'),
  '/pcp/customers/:number/history': ofCustomer('/history'),
  '/pcp/documents/:kind/:ref': ['invoice', 'payment', 'refund', 'credit_memo'].map((kind) => ({
    name: kind, address: async () => `/pcp/documents/${kind}/${await document(kind)}`,
  })),

  '/pcp/subscriptions': fixed('/pcp/subscriptions'),
  '/pcp/subscriptions/:number': { address: async () => `/pcp/subscriptions/${await subscription()}` },
  '/pcp/subscriptions/:number/:kind': ['subscription-charge', 'usage-record', 'billing-schedule', 'revenue-schedule'].map(ofSubscription),

  '/pcp/distributors': fixed('/pcp/distributors'),
  '/pcp/distributors/:number': { address: async () => `/pcp/distributors/${await distributor('D-DE')}` },

  '/pcp/orders': [fixed('/pcp/orders'), named('nothing fits', '/pcp/orders?q=nowhere')],
  '/pcp/orders/:number': ofOrder(''),
  '/pcp/orders/:number/ledger': ofOrder('/ledger'),
  '/pcp/orders/:number/reverse': ofOrder('/reverse'),
  '/pcp/orders/:number/reverse/records/:kind': ofOrder('/reverse/records/invoice'),

  '/pcp/customers/:number/transfer/distributor': { address: async () => `/pcp/customers/${(await claim()).number}/transfer/distributor` },
  '/pcp/customers/:number/transfer/plans': { address: async ({ page }) => wizard.toPlans(page, await claim()) },
  '/pcp/customers/:number/transfer/rate': transferring('rate'),
  '/pcp/customers/:number/transfer/confirm': transferring('confirm'),
  '/pcp/customers/:number/transfer/confirm/records/:kind': transferring('confirm/records/subscription'),

  '/pcp/customers/merge': { ...fixed('/pcp/customers/merge'), status: 422 },
  '/pcp/customers/:number/merge': { address: async () => `/pcp/customers/${(await customer()).number}/merge` },
  '/pcp/customers/:number/merge/preview': merging('preview'),
  '/pcp/customers/:number/merge/records/:kind': merging('records/invoice'),
  '/pcp/customers/:number/merge/confirm': merging('confirm'),
  '/pcp/subscriptions/transfer': { ...fixed('/pcp/subscriptions/transfer'), status: 422 },
  '/pcp/customers/:number/transfer-subscriptions': { address: async () => `/pcp/subscriptions/transfer?subscription=${await subscription()}` },
  '/pcp/customers/:number/transfer-subscriptions/preview': moving('preview'),
  '/pcp/customers/:number/transfer-subscriptions/records/:kind': moving('records/subscription'),
  '/pcp/customers/:number/transfer-subscriptions/confirm': moving('confirm'),

  '/pcp/periods': fixed('/pcp/periods'),
  '/pcp/periods/new': fixed('/pcp/periods/new'),
  '/pcp/rates': [fixed('/pcp/rates'), named('nothing fits', '/pcp/rates?currency=GBP&since=2030-01-01')],
  '/pcp/rates/new': fixed('/pcp/rates/new'),
  '/pcp/rates/:id/withdraw': { address: async () => `/pcp/rates/${await value('select min(id) from exchange_rates')}/withdraw` },
  '/pcp/rates/ecb': fixed('/pcp/rates/ecb'),
  '/pcp/journal': fixed('/pcp/journal'),
  '/pcp/chart': fixed('/pcp/chart'),
  '/pcp/reconciliation': [
    { ...fixed('/pcp/reconciliation'), moving: true },
    named('nothing fits', '/pcp/reconciliation?distributor=D-999999'),
  ],
  '/pcp/reconciliation/:name': [
    { name: 'what differs', address: async ({ page }) => `/pcp/reconciliation/receivable?distributor=${await aDifference(page)}&currency=EUR` },
    {
      name: 'nothing differs',
      address: async () => {
        const seller = await value(`select number_of('D', c.distributor_id) || '&currency=' || c.currency from customers c join invoices i on i.customer_id = c.id
          where i.status = 'paid' and i.settled = i.total order by i.id limit 1`);
        return `/pcp/reconciliation/statuses?distributor=${seller}`;
      },
    },
  ],
  '/pcp/reconciliation/accounts/:number': { address: async () => `/pcp/reconciliation/accounts/${(await customer()).number}` },
  '/pcp/reconciliation/orders/:number': { way: 'an order', address: async ({ page }) => `/pcp/reconciliation/orders/${await completedOrder(page)}` },
  '/pcp/plans': fixed('/pcp/plans'),
  '/pcp/import': fixed('/pcp/import'),
  '/pcp/audit': [fixed('/pcp/audit'), named('nothing fits', '/pcp/audit?q=nowhere')],
  '/pcp/audit/:id': [
    { name: 'of an order', way: 'an order', address: async ({ page }) => `/pcp/audit/${await entryOf(await completedOrder(page))}` },
    { name: 'that changed nothing', address: async () => `/pcp/audit/${await value(`select min(id) from audit_entries where action = 'sign_in'`)}` },
  ],
  '/pcp/staff': [fixed('/pcp/staff'), named('nobody fits', '/pcp/staff?q=nowhere')],
  '/pcp/staff/roles': fixed('/pcp/staff/roles'),
  '/pcp/staff/invite': fixed('/pcp/staff/invite'),
  '/pcp/staff/:id': { address: async () => `/pcp/staff/${await value(`select id from staff where role = 'auditor'`)}` },
  '/pcp/account': fixed('/pcp/account'),
  '/pcp/api': fixed('/pcp/api'),
  '/pcp/account/tokens': fixed('/pcp/account/tokens'),
  '/pcp/bell': fixed('/pcp/bell'),
  '/pcp/templates': fixed('/pcp/templates'),
  '/pcp/templates/:brand/:kind': { address: async () => `/pcp/templates/${await value('select min(id) from brands')}/order_failed` },
  '/pcp/webhooks': {
    address: async () => {
      await aWebhook();
      return '/pcp/webhooks';
    },
  },
  '/pcp/webhooks/:id': { address: async () => `/pcp/webhooks/${await aWebhook()}` },
  '/pcp/webhooks/:id/messages/:message': {
    address: async () => {
      const hook = await aWebhook();
      return `/pcp/webhooks/${hook}/messages/${await messageOf(hook)}`;
    },
  },
  '/pcp/outbox': [fixed('/pcp/outbox'), named('nothing fits', '/pcp/outbox?q=nowhere')],
  '/pcp/outbox/:id': { way: 'an order', address: async ({ page }) => `/pcp/outbox/${await mailOf(await completedOrder(page))}` },
};

// notPages are addresses that answer with something else than a page.
export const notPages = {
  '/': 'leads to sign-in or home',
  '/sign-in/oidc': 'leads to the provider',
  '/sign-in/oidc/callback': 'leads to home',
  '/pcp/account/second-factor/picture.png': 'a picture',
  '/static/:name': 'files',
  '/brand/:color': 'a style sheet',
  '/healthz': 'for machines',
  '/readyz': 'for machines',
  '/pcp/customers/export': 'CSV',
  '/pcp/subscriptions/export': 'CSV',
  '/pcp/orders/export': 'CSV',
  '/pcp/orders/:number/ledger.csv': 'CSV',
  '/pcp/orders/:number/order.pdf': 'a PDF',
  '/pcp/orders/:number/progress': 'a stream of events',
  '/pcp/search/suggestions': 'a part of a page',
  '/pcp/rates/export': 'CSV',
  '/pcp/journal/export': 'CSV',
  '/pcp/reconciliation/export': 'CSV',
  '/pcp/reconciliation/:name/export': 'CSV',
  '/pcp/plans/export': 'CSV',
  '/pcp/audit/export': 'CSV',
  '/pcp/audit/chain.csv': 'CSV',
  '/pcp/audit/head': 'one line of text',
  '/pcp/import/export.zip': 'an archive',
  '/pcp/outbox/:id/html': 'a mail',
  '/pcp/customers/:number/merge/targets': 'JSON',
  '/pcp/customers/:number/merge/preview.csv': 'CSV',
  '/pcp/customers/:number/transfer-subscriptions/targets': 'JSON',
  '/pcp/customers/:number/transfer-subscriptions/preview.csv': 'CSV',
  '/pcp/customers/:number/transfer': 'leads to the first open step',
  '/pcp/customers/:number/transfer/rate/conversion': 'a part of a page',
  '/pcp/customers/:number/transfer/confirm/preview.csv': 'CSV',
};
