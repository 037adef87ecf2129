// The test function of all browser tests: pages that start signed in, and that
// fail when the browser complains.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test as base } from '@playwright/test';
import { close } from './database.js';
import { command } from './program.js';

export { expect };

export const test = base.extend({
  baseURL: async ({}, use) => use(process.env.E2E_BASE),
  storageState: async ({}, use) => use(process.env.E2E_STATE),

  // complaints is what the browser said that it should not have: console errors,
  // exceptions, refusals of the content policy, requests that failed.
  complaints: [
    async ({ context }, use) => {
      const complaints = [];
      watch(context, complaints);
      await use(complaints);
      expect(complaints, 'complaints of the browser').toEqual([]);
    },
    { auto: true },
  ],

  connections: [
    async ({}, use) => {
      await use();
      await close();
    },
    { auto: true, scope: 'worker' },
  ],
});

// signedOut is for tests that begin before the door.
export const signedOut = { cookies: [], origins: [] };

function watch(context, complaints) {
  context.on('weberror', (error) => complaints.push(`exception: ${error.error()}`));
  context.on('console', (message) => {
    // What failed to load is judged by its answer, below: a refused form is an answer.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(`console: ${message.text()}`);
  });
  context.on('response', (answer) => {
    const page = answer.request().isNavigationRequest();
    if (answer.status() >= (page ? 500 : 400)) complaints.push(`${answer.status()} for ${answer.url()}`);
  });
  context.on('requestfailed', (request) => {
    const why = request.failure()?.errorText;
    if (why !== 'net::ERR_ABORTED') complaints.push(`${why} for ${request.url()}`);
  });
}

const shown = 3; // places of each rule that is broken
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

// expectAccessible checks the page against WCAG 2.2 AA as it stands.
export async function expectAccessible(page, what) {
  await page.evaluate(() => Promise.all(document.getAnimations().map((a) => a.finished))); // colours on their way count as wrong
  // Only violations are described: what passes would be most of the work.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).withTags(rules).setLegacyMode(true);
  const { violations } = await axe.analyze();
  const found = violations.flatMap((v) => {
    const nodes = v.nodes.slice(0, shown).map((n) => `${v.id}: ${n.target.join(' ')}: ${n.failureSummary.replace(/\s+/g, ' ')}`);
    return v.nodes.length > shown ? [...nodes, `${v.id}: ${v.nodes.length - shown} more`] : nodes;
  });
  expect(found, `accessibility of ${what}`).toEqual([]);
}

// expectNoSidewaysScroll checks that the page is no wider than the window.
export async function expectNoSidewaysScroll(page, width) {
  const { inner, wide, widest } = await page.evaluate(() => {
    const inner = document.documentElement.clientWidth;
    const over = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > inner + 1);
    return { inner, wide: document.documentElement.scrollWidth, widest: over.slice(0, 3).map((e) => `${e.tagName.toLowerCase()}.${e.className}`) };
  });
  expect(wide, `width of the page in a window of ${width} px (${widest.join(', ')})`).toBeLessThanOrEqual(inner);
}

// expectVerified checks all invariants at once after a transfer. By day that is left to the end of
// all tests (setup.js): it reads the whole database.
export async function expectVerified() {
  if (!process.env.HANDOVER_NIGHTLY) return;
  const verified = await handover('verify');
  expect(verified.code, verified.output + verified.errors).toBe(0);
}

// handover runs a command of the program on the tests' database.
export function handover(...args) {
  const { binary, env } = JSON.parse(process.env.E2E_PROGRAM);
  return command(binary, args, env);
}
