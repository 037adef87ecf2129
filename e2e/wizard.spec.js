import { claim, row, value } from './harness/database.js';
import { expect, test } from './harness/test.js';
import { expectTransferred, remember } from './harness/transferred.js';
import * as wizard from './harness/wizard.js';

const rate = (page) => page.getByRole('textbox', { name: 'Conversion rate' });
const draftOf = (customer) =>
  row(`select number_of('TO', id) as number, request, version from transfer_orders where source_customer_id = $1 and status = 'draft'`, customer.id);

test('Back on every step keeps what was entered', async ({ page }) => {
  const customer = await claim();
  await wizard.toRate(page, customer);
  await rate(page).fill('0.75');
  await wizard.next(page);

  await wizard.expectStep(page, 'Confirm');
  await wizard.back(page);
  await wizard.expectStep(page, 'Currency Conversion Rate');
  await expect(rate(page)).toHaveValue('0.75');
  await rate(page).fill('0.8x'); // not right yet, but not lost either
  await wizard.back(page);
  await wizard.expectStep(page, 'Service plans');
  const plan = page.getByRole('combobox', { name: /^Plan for S-/ }).first();
  await expect(plan).toHaveValue(/^Pro yearly/);
  await wizard.back(page);
  await wizard.expectStep(page, 'Distributor');
  expect(await wizard.chosen(page, 'New distributor')).toMatch(/^Northern Cloud/);
  await expect(page.getByRole('radio', { name: wizard.onlySubscriptions, exact: true })).toBeChecked();
  await expect(page.getByRole('button', { name: 'Back', exact: true })).toHaveCount(0);

  await wizard.next(page);
  await wizard.expectStep(page, 'Service plans');
  await expect(plan).toHaveValue(/^Pro yearly/);
  await wizard.next(page);
  await expect(rate(page)).toHaveValue('0.8x');
});

test('Cancel discards the draft and changes nothing', async ({ page }) => {
  const customer = await claim();
  await wizard.toRate(page, customer);
  const draft = await draftOf(customer);
  await page.getByRole('button', { name: 'Cancel', exact: true }).or(page.getByRole('link', { name: 'Cancel', exact: true })).click();
  await expect(page).toHaveURL(`/pcp/customers/${customer.number}`);
  await expect(page.getByRole('status').filter({ hasText: draft.number })).toBeVisible();
  expect(await value('select status from customers where id = $1', customer.id)).toBe('active');
  expect(await value(`select status from transfer_orders where number_of('TO', id) = $1`, draft.number)).toBe('cancelled');
});

test('the draft waits: another day, another browser', async ({ page, browser, baseURL, storageState }) => {
  const customer = await claim();
  await wizard.toRate(page, customer);
  const elsewhere = await browser.newContext({ baseURL, storageState });
  const there = await elsewhere.newPage();
  await there.goto(`/pcp/customers/${customer.number}/transfer`);
  await wizard.expectStep(there, 'Currency Conversion Rate');
  await elsewhere.close();
});

test('a wrong conversion rate gets its sentence and stays in the field', async ({ page }) => {
  const customer = await claim();
  await wizard.toRate(page, customer);
  const before = await draftOf(customer);
  for (const [typed, sentence] of [
    ['0', 'not greater than 0'],
    ['-1', 'negative'],
    ['abc', 'not a plain decimal number'],
    ['1e5', 'not a plain decimal number'],
    ['1,08', 'comma'],
    ['1.12345678901', '11 decimals'],
    ['', 'Enter a rate'],
  ]) {
    await test.step(typed || 'nothing', async () => {
      await rate(page).fill(typed);
      const [answer] = await Promise.all([page.waitForResponse((r) => r.request().method() === 'POST'), wizard.next(page)]);
      expect(answer.status()).toBe(422);
      await wizard.expectStep(page, 'Currency Conversion Rate');
      await expect(rate(page)).toHaveValue(typed);
      await expect(rate(page)).toHaveAttribute('aria-invalid', 'true');
      await expect(rate(page)).toHaveAccessibleDescription(new RegExp(sentence));
      const summary = page.getByRole('alert');
      await expect(summary).toContainText(sentence);
      await expect(summary).toBeFocused();
      await summary.getByRole('link').first().click();
      await expect(rate(page)).toBeFocused();
      expect(await draftOf(customer)).toEqual(before);
    });
  }
});

test('a second tab that is behind changes nothing and keeps its input', async ({ page, context }) => {
  const customer = await claim();
  await wizard.toPlans(page, customer);
  const behind = await context.newPage();
  await behind.goto(page.url());
  await wizard.answerPlans(behind, 'Basic yearly');
  await wizard.answerPlans(page, 'Pro yearly');
  await wizard.next(page);
  await wizard.expectStep(page, 'Currency Conversion Rate');
  const before = await draftOf(customer);

  const [answer] = await Promise.all([behind.waitForResponse((r) => r.request().method() === 'POST'), wizard.next(behind)]);
  expect(answer.status()).toBe(409);
  await expect(behind.getByRole('main')).toContainText('Another tab');
  await expect(behind.getByRole('combobox', { name: /^Plan for S-/ }).first()).toHaveValue(/^Basic yearly/);
  expect(await draftOf(customer)).toEqual(before);
});

test.describe('an address typed by hand', () => {
  test('of a later step leads to the first open question and says why', async ({ page }) => {
    const customer = await claim();
    for (const step of ['confirm', 'rate', 'plans']) {
      await page.goto(`/pcp/customers/${customer.number}/transfer/${step}`);
      await wizard.expectStep(page, 'Distributor');
      await expect(page.getByRole('status').filter({ hasText: /distributor/i })).toBeVisible();
    }
  });

  for (const [what, path] of [
    ['a step that does not exist', (c) => `/pcp/customers/${c.number}/transfer/payment`],
    ['a customer that does not exist', () => '/pcp/customers/C-999999/transfer/distributor'],
    ['a number that is none', () => '/pcp/customers/C-12x/transfer/distributor'],
  ]) {
    test(`of ${what} says that it is not there`, async ({ page }) => {
      const answer = await page.goto(path(await claim()));
      expect(answer.status()).toBe(404);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    });
  }

  test('of a distributor that cannot be chosen is refused at the field', async ({ page }) => {
    const customer = await claim();
    await wizard.open(page, customer);
    // What the list does not offer, as a hand-made form would send it.
    await page.locator('[name=distributor]').evaluate((field) => {
      field.append(new Option('Elsewhere', 'D-999999'));
      field.value = 'D-999999';
    });
    await page.getByRole('radio', { name: wizard.onlySubscriptions, exact: true }).check();
    await wizard.next(page);
    await wizard.expectStep(page, 'Distributor');
    await expect(page.getByRole('combobox', { name: 'New distributor' })).toHaveAccessibleDescription(/D-999999/);
  });
});

test('the balance follows the rate as it is typed', async ({ page }) => {
  const customer = await claim();
  await wizard.toRate(page, customer);
  await rate(page).fill('2');
  const main = page.getByRole('main');
  const twice = (BigInt(customer.balance.replace('.', '')) * 2n).toString().replace(/(\d{2})$/, '.$1').replace(/\B(?=(\d{3})+(?=\.))/g, ',');
  await expect(main).toContainText(twice);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the whole wizard works', async ({ page }) => {
    const customer = await claim();
    const before = await remember(customer);
    await wizard.openFromList(page, customer);
    await wizard.answerDistributor(page, { to: 'Northern Cloud', mode: wizard.onlySubscriptions, notify: true });
    const replaced = await wizard.answerPlans(page, 'Basic yearly');
    await wizard.next(page);
    await expect(rate(page)).toHaveValue('0.7979'); // the rate table's
    await rate(page).fill('0,81');
    await wizard.next(page);
    await expect(rate(page)).toHaveValue('0,81');
    await expect(page.getByRole('alert')).toContainText('comma');
    await rate(page).fill('0.81');
    await wizard.next(page);
    await wizard.expectStep(page, 'Confirm');
    await wizard.back(page);
    await expect(rate(page)).toHaveValue('0.81');
    await wizard.next(page);
    const order = await wizard.confirm(page);
    await expectTransferred(before, { order, to: 'D-NORTH', rate: '0.81', chosen: Object.fromEntries(replaced.map((n) => [n, 'Basic yearly'])) });
    await page.goto(`/pcp/orders/${order}`);
    await expect(page.getByRole('main')).toContainText('Completed');
  });
});
