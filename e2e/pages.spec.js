import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { notPages, pages, walked, walkedBesides } from './pages.js';
import { root } from './harness/program.js';
import { getRoutes } from './harness/routes.js';
import { expect, expectAccessible, expectNoSidewaysScroll, signedOut, test } from './harness/test.js';

const wide = { width: 1440, height: 900 };
const narrow = { width: 360, height: 740 };

// How each page is looked at: what depends on colours and what depends on width shows in two
// of the four combinations. A night has time for all, and to go through every page by Tab.
const nightly = Boolean(process.env.HANDOVER_NIGHTLY);
const looks = [[wide, 'light'], [narrow, 'dark']];
const walks = Object.values({ ...walked, ...walkedBesides }).filter(Boolean);
const allLooks = [...looks, [wide, 'dark'], [narrow, 'light']];

test('every address of the panel is in the table of the tests', () => {
  const tested = [...Object.keys(pages), ...Object.keys(notPages)];
  const routes = getRoutes();
  expect(routes.filter((r) => !tested.includes(r)), 'addresses that e2e/pages.js does not have').toEqual([]);
  expect(tested.filter((r) => !routes.includes(r)), 'addresses that are in e2e/pages.js only').toEqual([]);
});

test('every component of views/ui has a page on which the keyboard goes through it', () => {
  const components = readdirSync(join(root, 'views', 'ui')).filter((file) => file.endsWith('.templ')).map((file) => basename(file, '.templ'));
  expect(Object.keys(walked).sort()).toEqual(components.sort());
  expect(walks.filter((route) => !pages[route]), 'pages that e2e/pages.js does not have').toEqual([]);
});

const places = Object.entries(pages).flatMap(([route, entry]) => [entry].flat().map((at, n) => ({ route, at, n })));

for (const place of places.filter(({ at }) => !at.way)) look(place);
for (const way of new Set(places.map(({ at }) => at.way).filter(Boolean))) {
  test.describe(`on the way of ${way}`, () => {
    test.describe.configure({ mode: 'default' }); // in one worker, which goes the way once
    for (const place of places.filter(({ at }) => at.way === way)) look(place);
  });
}

// look declares the test of one place: the route, how it is reached, and which of its route it is.
function look({ route, at, n }) {
  const name = at.name ? `${route} (${at.name})` : route;
  test.describe(name, () => {
    if (at.signedOut) test.use({ storageState: signedOut });

    test('is accessible, fits and can be used by keyboard', async ({ page }) => {
      const address = await at.address({ page });
      await page.setViewportSize(wide);
      await page.emulateMedia({ colorScheme: 'light' });
      const answer = await page.goto(address);
      expect(answer.status()).toBe(at.status ?? 200);
      await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
      expect(await page.title()).toMatch(/.+ · Handover$/);
      for (const [size, colorScheme] of nightly ? allLooks : looks) {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme });
        await expectNoSidewaysScroll(page, size.width);
        await expectAccessible(page, `${name}, ${colorScheme}, ${size.width} px`);
      }
      await expectSameWithoutScript(page, at);
      if (nightly || (walks.includes(route) && n === 0)) {
        await page.setViewportSize(wide);
        await expectVisibleFocus(page, route !== '/pcp/');
      }
    });
  });
}

// expectVisibleFocus goes through the page by Tab: the skip link comes first, and
// whatever has the focus shows it. It follows the link where the frame was walked elsewhere.
async function expectVisibleFocus(page, skip) {
  const unseen = [];
  let before = '';
  const framed = (await page.getByRole('navigation', { name: 'Main' }).count()) > 0;
  for (let n = 0; n < 25; n++) {
    await page.keyboard.press('Tab');
    let at = await page.evaluate(focused);
    // Scrolling there and drawing the ring may take their time.
    for (let tries = 0; at && at.wrong && tries < 8; tries++) {
      await page.waitForTimeout(100);
      at = await page.evaluate(focused);
    }
    if (!at) break;
    if (n === 0 && framed) {
      expect(at.name).toContain('Skip to content');
      if (skip) await page.keyboard.press('Enter');
    }
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

// contents is what a page says, which controls it has, and which of its forms no button sends; of
// the page as a text if that is given, which is as a browser without JavaScript has it.
function contents(page, text) {
  return page.evaluate((html) => {
    const main = (html ? new DOMParser().parseFromString(html, 'text/html') : document).querySelector('main');
    const all = (selector) => [...main.querySelectorAll(selector)];
    const texts = (selector) => all(selector).map((e) => e.textContent.replace(/\s+/g, ' ').trim());
    const controls = all('form input:not([type=hidden]), form select, form textarea, form button')
      .filter((e) => e.name)
      .map((e) => `${e.name}=${e.type === 'radio' || e.type === 'submit' ? e.value : ''}`);
    const unsent = all('form').filter((form) => ![...form.elements].some((e) => e.type === 'submit'));
    return {
      headings: texts('h1, h2, h3'), rows: all('tbody tr').length, controls: [...new Set(controls)].sort(), unsent: unsent.map((form) => form.action),
    };
  }, text);
}

// expectSameWithoutScript asks for the page as a browser without JavaScript does: it says the
// same, has the same controls, and every form can be sent.
async function expectSameWithoutScript(page, { status = 200, moving }) {
  const shown = await contents(page);
  const answer = await page.request.get(page.url());
  expect(answer.status()).toBe(status);
  const plainly = await contents(page, await answer.text());
  // What other tests do meanwhile may add to a page that moves; its title stays.
  if (moving) expect(plainly.headings[0]).toBe(shown.headings[0]);
  else expect(plainly).toMatchObject({ headings: shown.headings, rows: shown.rows });
  expect(plainly.controls).toEqual(expect.arrayContaining(shown.controls));
  expect(plainly.unsent, 'forms that no button sends without JavaScript').toEqual([]);
}
