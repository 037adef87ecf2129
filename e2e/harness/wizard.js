// Walks through the Transfer Account Wizard by the names that a screen reader says.
import { expect } from './test.js';

export const onlySubscriptions = 'Transfer subscriptions only';
export const everything = 'Transfer subscriptions, T&C acceptance history, and payment methods';

// choose selects in a combobox the option whose text begins with the given one; without
// JavaScript it is a plain select.
export async function choose(page, name, text) {
  const box = page.getByRole('combobox', { name, exact: true });
  if ((await box.evaluate((e) => e.tagName)) === 'SELECT') {
    const labels = await box.locator('option').allTextContents();
    const label = labels.find((l) => l.startsWith(text));
    expect(label, `an option of ${name} that begins with ${text} (${labels.join(' | ')})`).toBeDefined();
    await box.selectOption({ label });
    return;
  }
  await box.fill(text);
  await page.getByRole('option').filter({ hasText: text }).first().click();
}

// chosen returns what a combobox shows.
export async function chosen(page, name) {
  const box = page.getByRole('combobox', { name, exact: true });
  return box.evaluate((e) => (e.tagName === 'SELECT' ? e.selectedOptions[0]?.label : e.value));
}

export const next = (page) => page.getByRole('button', { name: 'Next', exact: true }).click();
export const back = (page) => page.getByRole('button', { name: 'Back', exact: true }).click();
export const step = (page) => page.getByRole('navigation', { name: 'Steps' }).locator('[aria-current=step]');

export async function expectStep(page, label) {
  await expect(step(page)).toContainText(label);
}

// openFromList finds the customer as a person does and starts the wizard.
export async function openFromList(page, customer) {
  await page.goto('/pcp/customers');
  await page.getByRole('search', { name: 'Filter this list' }).getByRole('searchbox').fill(customer.number);
  await page.getByRole('search', { name: 'Filter this list' }).getByRole('searchbox').press('Enter');
  await page.waitForURL(/q=/);
  await page.getByRole('link', { name: customer.number, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(customer.name);
  await page.getByRole('button', { name: 'Transfer to Another Distributor' }).click();
  await expectStep(page, 'Distributor');
}

// open starts the wizard of a customer.
export async function open(page, customer) {
  await page.goto(`/pcp/customers/${customer.number}/transfer`);
  await expectStep(page, 'Distributor');
}

// answerDistributor fills in the first step and goes on.
export async function answerDistributor(page, { to, mode, notify = false }) {
  await choose(page, 'New distributor', to);
  await page.getByRole('radio', { name: mode, exact: true }).check();
  await page.getByRole('checkbox', { name: 'Notify Customer' }).setChecked(notify);
  await next(page);
}

// answerPlans chooses the same plan for every subscription that asks for one, and
// returns the numbers of these subscriptions.
export async function answerPlans(page, plan) {
  await expectStep(page, 'Service plans');
  const asked = await page.getByRole('combobox', { name: /^Plan for S-/ }).all();
  expect(asked.length).toBeGreaterThan(0);
  const numbers = [];
  for (const box of asked) {
    const name = await box.evaluate((e) => document.querySelector(`label[for="${e.id}"]`).textContent.trim());
    await choose(page, name, plan);
    numbers.push(name.replace('Plan for ', ''));
  }
  return numbers;
}

// answerRate types the conversion rate and goes on.
export async function answerRate(page, rate) {
  await expectStep(page, 'Currency Conversion Rate');
  await page.getByRole('textbox', { name: 'Conversion rate' }).fill(rate);
  await next(page);
}

// toPlans, toRate and toConfirm walk to a step on the way to Northern Cloud, which has
// every step; they return the address of the step.
export async function toPlans(page, customer, options) {
  await open(page, customer);
  await answerDistributor(page, { to: 'Northern Cloud', mode: onlySubscriptions, ...options });
  await expectStep(page, 'Service plans');
  return page.url();
}

export async function toRate(page, customer, options) {
  await toPlans(page, customer, options);
  await answerPlans(page, 'Pro yearly');
  await next(page);
  await expectStep(page, 'Currency Conversion Rate');
  return page.url();
}

export async function toConfirm(page, customer, options) {
  await toRate(page, customer, options);
  await answerRate(page, '0.7979');
  await expectStep(page, 'Confirm');
  return page.url();
}

// confirm accepts every warning of the preview and transfers; it returns the order.
export async function confirm(page) {
  await expectStep(page, 'Confirm');
  for (const box of await page.getByRole('checkbox', { name: /^I understand: / }).all()) await box.check();
  await page.getByRole('button', { name: 'Transfer', exact: true }).click();
  await expect(page).toHaveURL(/\/[pr]cp\/orders\/TO-\d{6,}$/);
  return page.url().match(/TO-\d+$/)[0];
}
