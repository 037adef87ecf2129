import { expect, signedOut, test } from './harness/test.js';
import { customer } from './harness/records.js';

const limit = 150_000;

// load opens an address with nothing in the cache and returns how many bytes came
// over the wire, headers included.
async function load(page, address) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: false });
  let bytes = 0;
  devtools.on('Network.loadingFinished', (done) => (bytes += done.encodedDataLength));
  await page.goto(address, { waitUntil: 'networkidle' });
  return bytes;
}

test.describe('the first page on a cold cache weighs under 150 kB', () => {
  test('signed out', async ({ browser, baseURL }) => {
    const context = await browser.newContext({ baseURL, storageState: signedOut });
    expect(await load(await context.newPage(), '/')).toBeLessThan(limit);
    await context.close();
  });

  for (const [what, address] of [
    ['home', async () => '/pcp/'],
    ['a customer', async () => `/pcp/customers/${(await customer()).number}`],
    ['the customers', async () => '/pcp/customers'],
  ]) {
    test(what, async ({ browser, baseURL, storageState }) => {
      const context = await browser.newContext({ baseURL, storageState });
      const bytes = await load(await context.newPage(), await address());
      test.info().annotations.push({ type: 'bytes', description: String(bytes) });
      expect(bytes).toBeLessThan(limit);
      await context.close();
    });
  }
});
