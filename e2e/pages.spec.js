import { notPages, pages } from './pages.js';
import { getRoutes } from './harness/routes.js';
import { expect, expectAccessible, expectNoSidewaysScroll, signedOut, test } from './harness/test.js';

const wide = { width: 1440, height: 900 };
const narrow = { width: 360, height: 740 };

test('every address of the panel is in the table of the tests', () => {
  const tested = [...Object.keys(pages), ...Object.keys(notPages)];
  const routes = getRoutes();
  expect(routes.filter((r) => !tested.includes(r)), 'addresses that e2e/pages.js does not have').toEqual([]);
  expect(tested.filter((r) => !routes.includes(r)), 'addresses that are in e2e/pages.js only').toEqual([]);
});

for (const [route, entry] of Object.entries(pages)) {
  for (const at of [entry].flat()) {
    const name = at.name ? `${route} (${at.name})` : route;
    test.describe(name, () => {
      if (at.signedOut) test.use({ storageState: signedOut });

      test('is accessible, fits and can be used by keyboard', async ({ page, context }) => {
        const address = await at.address({ page });
        await page.setViewportSize(wide);
        await page.emulateMedia({ colorScheme: 'light' });
        const answer = await page.goto(address);
        expect(answer.status()).toBe(at.status ?? 200);
        await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
        expect(await page.title()).toMatch(/.+ · Handover$/);
        await expectNoSidewaysScroll(page, wide.width);
        await expectAccessible(page, `${name}, light, ${wide.width} px`);
        await expectVisibleFocus(page);
        await page.emulateMedia({ colorScheme: 'dark' });
        await page.setViewportSize(narrow);
        await expectNoSidewaysScroll(page, narrow.width);
        await expectAccessible(page, `${name}, dark, ${narrow.width} px`);
        await page.setViewportSize(wide);
        if (at.bothWays) await expectAccessible(page, `${name}, dark, ${wide.width} px`);
        const shown = await contents(page);
        await expectSameWithoutScript(context, page.url(), at.status ?? 200, shown, at.moving);
      });
    });
  }
}

// expectVisibleFocus goes through the page by Tab: the skip link comes first, and
// whatever has the focus shows it.
async function expectVisibleFocus(page) {
  const unseen = [];
  let before = '';
  for (let n = 0; n < 25; n++) {
    await page.keyboard.press('Tab');
    let at = await page.evaluate(focused);
    // Scrolling there and drawing the ring may take their time.
    for (let tries = 0; at && at.wrong && tries < 8; tries++) {
      await page.waitForTimeout(100);
      at = await page.evaluate(focused);
    }
    if (!at) break;
    if (n === 0 && (await page.getByRole('navigation', { name: 'Main' }).count()) > 0) expect(at.name).toContain('Skip to content');
    // A date field is several stops; at its calendar button the browser marks that instead.
    if (at.wrong && at.name !== before) unseen.push(`${at.name}: ${at.wrong}`);
    before = at.name;
  }
  expect(unseen, 'elements whose focus cannot be seen').toEqual([]);
}

// focused runs in the page: what has the focus, and why that cannot be seen.
function focused() {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const style = getComputedStyle(e);
  const box = e.getBoundingClientRect();
  const middle = [(Math.max(box.left, 0) + Math.min(box.right, innerWidth)) / 2, (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2];
  const card = e.closest('.radio-card'); // shows the focus of its radio
  const ring = [style, card && getComputedStyle(card)].some((s) => s && ((s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none'));
  let wrong = '';
  if (!ring) wrong = 'has no ring';
  else if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) wrong = 'is out of the window';
  else {
    const hit = document.elementFromPoint(...middle);
    if (!hit || !(e.contains(hit) || hit.contains(e))) wrong = `is covered by ${hit?.tagName.toLowerCase()}.${hit?.className}`;
  }
  return { name: `${e.tagName.toLowerCase()}${e.id && `#${e.id}`}.${e.className} ${e.textContent.trim().slice(0, 40)}`, wrong };
}

// contents is what a page says and which controls it has.
function contents(page) {
  return page.evaluate(() => {
    const main = document.querySelector('main');
    const text = (selector) => [...main.querySelectorAll(selector)].map((e) => e.textContent.replace(/\s+/g, ' ').trim());
    const controls = [...main.querySelectorAll('form input:not([type=hidden]), form select, form textarea, form button')]
      .filter((e) => e.name)
      .map((e) => `${e.name}=${e.type === 'radio' || e.type === 'submit' ? e.value : ''}`);
    return { headings: text('h1, h2, h3'), rows: main.querySelectorAll('tbody tr').length, controls: [...new Set(controls)].sort() };
  });
}

// expectSameWithoutScript opens the page with JavaScript off: it says the same, has
// the same controls, and every form can be sent.
async function expectSameWithoutScript(context, address, status, shown, moving) {
  const plain = await context.browser().newContext({ javaScriptEnabled: false, storageState: await context.storageState(), viewport: wide });
  const page = await plain.newPage();
  const answer = await page.goto(address);
  expect(answer.status()).toBe(status);
  const plainly = await contents(page);
  expect(plainly.headings).toEqual(shown.headings);
  if (!moving) expect(plainly.rows).toBe(shown.rows);
  expect(plainly.controls).toEqual(expect.arrayContaining(shown.controls));
  for (const form of await page.locator('main form').all()) {
    const send = form.locator('button:not([type=button]):not([type=reset]), input[type=submit]');
    const outside = await form.evaluate((f) => [...f.elements].some((e) => e.type === 'submit' && !f.contains(e)));
    if (!outside) expect(await send.count(), 'buttons that send the form without JavaScript').toBeGreaterThan(0);
  }
  await plain.close();
}
