import { value } from './harness/database.js';
import { expect, test } from './harness/test.js';

// upload sends a file to System > Import and returns the answer.
async function upload(page, name, bytes) {
  await page.goto('/pcp/import');
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) });
  const [answer] = await Promise.all([
    page.waitForResponse((r) => r.request().method() === 'POST'),
    page.getByRole('button', { name: /^(Check|Import|Upload|Dry run)/ }).first().click(),
  ]);
  return answer;
}

const brands = () => value('select count(*) from brands');

test.describe('an upload that cannot be imported says why and changes nothing', () => {
  for (const [what, name, bytes, sentence] of [
    ['no CSV', 'brands.csv', 'GIF89a\u0001\u0002', /brands\.csv/],
    ['a picture', 'holiday.png', '\u0089PNG\r\n', /holiday\.png|CSV|zip/],
    ['a NUL byte', 'brands.csv', 'id,name,primary_color\nB-NUL,Nul\0l,#112233\n', /brands\.csv:2/],
    ['an unknown column', 'brands.csv', 'id,name,colour\nB-NEW,New,#112233\n', /colour/],
    ['a bad value', 'brands.csv', 'id,name,primary_color\nB-NEW,New,red\n', /brands\.csv:2: primary_color/],
    ['a broken zip', 'data.zip', 'PK\u0003\u0004 not really', /zip/],
    ['nothing', 'brands.csv', '', /brands\.csv|empty/],
  ]) {
    test(what, async ({ page }) => {
      const before = await brands();
      const answer = await upload(page, name, bytes);
      expect(answer.status()).toBe(422);
      await expect(page.getByRole('main')).toContainText(sentence);
      expect(await brands()).toBe(before);
    });
  }
});
