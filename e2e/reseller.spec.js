import { claim, row } from './harness/database.js';
import { partnerDE, partnerFR, password } from './harness/people.js';
import { expect, expectAccessible, expectNoSidewaysScroll, signedOut, test } from './harness/test.js';
import * as wizard from './harness/wizard.js';

// as opens a browser of its own in which the person is signed in.
async function as(browser, person, baseURL) {
  const context = await browser.newContext({ storageState: signedOut, baseURL });
  const page = await context.newPage();
  await page.goto('/');
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/rcp\/$/);
  return page;
}

const facts = (page) => page.locator('main');

test('a reseller works in a panel of their own, and both sides see an order', async ({ page, browser, baseURL }) => {
  test.setTimeout(120_000);
  const moving = await claim({ distributor: 'D-FR', plan: 'Pro yearly' });
  const beside = await claim({ distributor: 'D-UK', plan: 'Pro yearly' });

  // The provider takes a customer from one reseller to another.
  await wizard.open(page, moving);
  await wizard.answerDistributor(page, { to: 'RavenStack Partners DE', mode: wizard.onlySubscriptions });
  await settlePlans(page);
  const order = await wizard.confirm(page);
  await page.getByText('Completed').first().waitFor();
  const { number, name } = await row(
    `select number_of('C', c.id) as number, c.name from customers c join transfer_orders o on o.target_customer_id = c.id where number_of('TO', o.id) = $1`, order);

  // Who lost the customer sees their own side.
  const fr = await as(browser, partnerFR, baseURL);
  await fr.goto(`/rcp/orders/${order}`);
  await expect(facts(fr)).toContainText('Another distributor');
  await expect(facts(fr)).toContainText(moving.number);
  await expect(facts(fr)).not.toContainText('Partners DE');
  await expect(facts(fr)).not.toContainText(number);
  await fr.goto(`/rcp/customers/${moving.number}`);
  await expect(facts(fr)).toContainText('Transferred to another distributor');
  expect((await fr.goto(`/rcp/customers/${number}`)).status()).toBe(404);
  await fr.context().close();

  // Who gained it sees theirs, under their own name.
  const de = await as(browser, partnerDE, baseURL);
  const nav = de.getByRole('navigation', { name: 'Main' });
  await expect(nav).toContainText('Reseller Control Panel');
  await expect(nav).toContainText('RavenStack Partners DE');
  await expect(nav.getByRole('link', { name: 'Import' })).toHaveCount(0);
  await de.goto(`/rcp/orders/${order}`);
  await expect(facts(de)).toContainText('Another distributor');
  await expect(facts(de)).toContainText(number);
  await expect(facts(de)).not.toContainText('Partners FR');
  await expect(facts(de)).not.toContainText(moving.number);
  expect((await de.goto(`/rcp/customers/${moving.number}`)).status()).toBe(404);

  // The list and the search know only what is theirs.
  await de.goto('/rcp/customers');
  await expect(de.getByText(beside.name, { exact: true })).toHaveCount(0);
  await de.goto(`/rcp/search?q=${encodeURIComponent(beside.number)}`);
  await expect(facts(de)).not.toContainText(beside.name);
  await de.goto(`/rcp/search?q=${encodeURIComponent(number)}`);
  await expect(facts(de).getByRole('link', { name: number, exact: true })).toBeVisible();
  expect((await de.goto(`/rcp/customers/${beside.number}`)).status()).toBe(404);

  // The other panel's address leads to the same page of one's own.
  await de.goto(`/pcp/customers/${number}`);
  await expect(de).toHaveURL(`/rcp/customers/${number}`);

  // The wizard goes to the sub-reseller and to nobody else.
  await wizard.openFromList(de, { number, name });
  const box = de.getByRole('combobox', { name: 'New distributor', exact: true });
  await box.fill('R');
  await expect(de.getByRole('option').filter({ hasText: 'Rhein Software Vertrieb' })).toBeVisible();
  for (const denied of ['RavenStack Partners UK', 'Northern Cloud', 'RavenStack (']) {
    await box.fill(denied);
    await expect(de.getByRole('option').filter({ hasText: denied })).toHaveCount(0);
  }
  await box.fill('');
  await wizard.answerDistributor(de, { to: 'Rhein Software Vertrieb', mode: wizard.onlySubscriptions });
  await settlePlans(de);
  const own = await wizard.confirm(de);
  await de.getByText('Completed').first().waitFor();
  await expect(facts(de)).toContainText('Rhein Software Vertrieb');
  await expect(facts(de)).not.toContainText('Another distributor');
  await de.goto('/rcp/orders');
  await expect(de.getByRole('link', { name: own, exact: true })).toBeVisible();
  await de.context().close();
});

// settlePlans chooses a plan where one is asked for.
async function settlePlans(page) {
  await expect(page.getByRole('navigation', { name: 'Steps' })).toBeVisible();
  await page.waitForURL(/\/transfer\/(plans|confirm)$/);
  if (!page.url().endsWith('/plans')) return;
  await wizard.answerPlans(page, 'Pro yearly');
  await wizard.next(page);
}

// The pages are those of pages.spec.js; here they stand in the reseller's frame and scope.
for (const path of ['/', '/customers', '/customers/:number', '/customers/:number/transfer/distributor', '/subscriptions', '/orders', '/distributors', '/plans', '/periods', '/rates', '/journal']) {
  test(`/rcp${path} is accessible`, async ({ browser, baseURL }) => {
    const page = await as(browser, partnerDE, baseURL);
    const { number } = await row(
      `select number_of('C', min(c.id)) as number from customers c join distributors d on d.id = c.distributor_id where d.external_id = 'D-DE' and c.status = 'active'`);
    const address = `/rcp${path.replace(':number', number)}`;
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.emulateMedia({ colorScheme: 'light' });
    expect((await page.goto(address)).status()).toBe(200);
    await expectAccessible(page, `${address}, light`);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page, `${address}, dark`);
    await page.setViewportSize({ width: 360, height: 740 });
    await expectNoSidewaysScroll(page, 360);
    await page.context().close();
  });
}
