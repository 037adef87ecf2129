// Takes pictures of the main pages from the running program with its demo data:
//
//   npm run shots -- FOLDER   at 1440 and 360 px, light and dark, into the folder
//   npm run shots             only docs/screenshot.png, the one of the README
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { browser as settings } from './harness/chromium.js';
import { Program, root } from './harness/program.js';
import * as wizard from './harness/wizard.js';

const folder = process.argv[2];
const looks = [
  { width: 1440, height: 900, scheme: 'light' },
  { width: 1440, height: 900, scheme: 'dark' },
  { width: 360, height: 740, scheme: 'light' },
  { width: 360, height: 740, scheme: 'dark' },
];
const kestrel = 'Kestrel Labs GmbH';

const program = await Program.start();
let browser;
try {
  await program.handover(['demo', '--size', 'small']);
  browser = await chromium.launch(settings.launchOptions);
  const page = await browser.newPage({ ...settings.contextOptions, baseURL: program.base, viewport: looks[0], locale: settings.locale, timezoneId: settings.timezoneId });
  await tour(page);
} finally {
  await browser?.close();
  await program.stop();
}

async function tour(page) {
  await shot(page, 'sign-in', '/sign-in');
  await signIn(page, 'admin@aurora.example', 'handover-demo');
  const customer = await find(page, kestrel);
  const address = `/pcp/customers/${customer}`;
  for (const [name, path] of [
    ['customers', '/pcp/customers'],
    ['customer-general', address],
    ...['subscriptions', 'documents', 'payment-methods', 'terms', 'history'].map((tab) => [`customer-${tab}`, `${address}/${tab}`]),
    ['plans', '/pcp/plans'],
    ['distributors', '/pcp/distributors'],
    ['periods', '/pcp/periods'],
    ['rates', '/pcp/rates'],
    ['journal', '/pcp/journal'],
    ['import', '/pcp/import'],
    ['audit', '/pcp/audit'],
  ]) {
    await shot(page, name, path);
  }

  // Morava IT sells no counterpart for one of the plans.
  await wizard.open(page, { number: customer });
  await shot(page, 'wizard-1-distributor');
  await wizard.answerDistributor(page, { to: 'Morava IT', mode: wizard.onlySubscriptions });
  await shot(page, 'wizard-2-plans');
  await wizard.back(page);

  await wizard.answerDistributor(page, { to: 'Thames Cloud', mode: wizard.onlySubscriptions, notify: true });
  await page.getByRole('link', { name: 'Use it' }).click();
  await shot(page, 'wizard-3-rate');
  await wizard.next(page);
  await wizard.expectStep(page, 'Confirm');
  await shot(page, 'wizard-4-confirm');
  await page.setViewportSize({ width: 1440, height: 1900 }); // down to the picture of what moves
  await page.emulateMedia({ colorScheme: 'light' });
  await page.screenshot({ path: join(root, 'docs', 'screenshot.png') });

  const order = await wizard.confirm(page);
  await page.getByText('Completed').first().waitFor();
  await shot(page, 'order', `/pcp/orders/${order}`);
  await shot(page, 'orders', '/pcp/orders');
  await shot(page, 'customer-transferred-out', address);
  await shot(page, 'home', '/pcp/');
}

async function signIn(page, email, password) {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(/\/pcp/);
}

// find returns the number of a customer by name.
async function find(page, name) {
  await page.goto(`/pcp/customers?q=${encodeURIComponent(name)}`);
  return page.getByRole('link', { name: /^C-\d{6,}$/ }).first().innerText();
}

// shot takes the page, at the address if there is one, in every look.
async function shot(page, name, address) {
  if (!folder) return;
  if (address) await page.goto(address);
  mkdirSync(folder, { recursive: true });
  for (const look of looks) {
    await page.setViewportSize(look);
    await page.emulateMedia({ colorScheme: look.scheme });
    await page.screenshot({ path: join(folder, `${name}-${look.width}-${look.scheme}.png`), fullPage: true });
  }
  await page.setViewportSize(looks[0]);
  await page.emulateMedia({ colorScheme: looks[0].scheme });
}
