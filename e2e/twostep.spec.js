import { createHmac } from 'node:crypto';
import { value } from './harness/database.js';
import { careful, password, vouched } from './harness/people.js';
import { expect, expectAccessible, expectNoSidewaysScroll, signedOut, test } from './harness/test.js';

test.use({ storageState: signedOut });

// codeAt is what an authenticator app shows: RFC 6238, written from the document.
function codeAt(secret, time) {
  const bits = [...secret.replaceAll(' ', '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(time / 30_000)));
  const sum = createHmac('sha1', key).update(counter).digest();
  const at = sum[19] & 15;
  return String((sum.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function firstStep(page, email) {
  await page.goto('/sign-in?next=/pcp/orders');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function signOut(page) {
  await page.getByRole('button', { name: /^You:/ }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/sign-in');
}

async function look(page, what) {
  for (const [width, colorScheme] of [[1440, 'light'], [360, 'dark']]) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await expectNoSidewaysScroll(page, width);
    await expectAccessible(page, `${what}, ${colorScheme}, ${width} px`);
    if (process.env.E2E_SHOTS) await page.screenshot({ path: `${process.env.E2E_SHOTS}/${what.replaceAll(' ', '-')}-${width}.png`, fullPage: true });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

test('a second factor is set up, asked for, replaced by a recovery code, and turned off', async ({ page }) => {
  test.slow(); // five pages are looked at in two ways
  await firstStep(page, careful.email);
  await expect(page).toHaveURL('/pcp/orders');
  await page.getByRole('button', { name: /^You:/ }).click();
  await page.getByRole('link', { name: 'Your account' }).click();
  await page.getByRole('link', { name: 'Set up second factor' }).click();
  await look(page, 'second factor off');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Set up second factor' }).click();
  const picture = page.getByRole('img', { name: 'QR code of the secret below' });
  await expect(picture).toHaveJSProperty('naturalWidth', 240);
  await look(page, 'second factor setup');
  const secret = await page.locator('.factor-secret').innerText();

  await page.getByLabel('Code').fill('abcdef');
  await page.getByRole('button', { name: 'Turn on' }).click();
  await expect(page.getByRole('alert')).toContainText('This code is not right.');
  await page.getByLabel('Code').fill(codeAt(secret, Date.now() - 30_000)); // a slow clock
  await page.getByRole('button', { name: 'Turn on' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Recovery codes');
  await look(page, 'recovery codes');
  const codes = await page.locator('.recovery-codes code').allInnerTexts();
  expect(codes).toHaveLength(10);
  await page.getByRole('link', { name: 'I have kept them' }).click();
  await expect(page.getByRole('heading', { level: 2, name: /Your second factor is on/ })).toBeVisible();
  await look(page, 'second factor on');

  await signOut(page);
  await firstStep(page, careful.email);
  await expect(page).toHaveURL(/\/sign-in\/code/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Second step');
  await look(page, 'second step');
  await page.goto('/pcp/');
  await expect(page).toHaveURL(/\/sign-in\?/); // the password alone opens nothing
  await page.goto('/sign-in/code?next=/pcp/orders');
  await page.getByLabel('Code').fill('123');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('This code is not right.');
  await expectAccessible(page, 'a wrong code');
  await page.getByLabel('Code').fill(codeAt(secret, Date.now()));
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page).toHaveURL('/pcp/orders');

  await signOut(page);
  await firstStep(page, careful.email);
  await page.getByLabel('Code').fill(codes[4].toLowerCase());
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page).toHaveURL('/pcp/orders');
  expect(await value(`select count(*) from recovery_codes r join staff s on s.id = r.staff_id where s.email = $1 and r.used_at is not null`, careful.email)).toBe('1');

  await page.goto('/pcp/account/second-factor');
  await page.locator('#off-password').fill(password);
  await page.locator('#off-code').fill(codes[5]);
  await page.getByRole('button', { name: 'Turn off second factor' }).click();
  await expect(page.getByRole('heading', { level: 2, name: 'Your second factor is off' })).toBeVisible();
});

test('single sign-on leads to the provider and back', async ({ page }) => {
  await page.goto('/sign-in?next=/pcp/orders');
  await look(page, 'sign in with single sign-on');
  await page.getByRole('link', { name: 'Sign in with Raven Login' }).click();
  await page.getByLabel('Account').fill('vera');
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page).toHaveURL('/pcp/orders');
  await page.getByRole('button', { name: /^You:/ }).click();
  await expect(page.getByText(vouched.email)).toBeVisible();
});

test('somebody whom the provider knows and Handover does not is told so', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Sign in with Raven Login' }).click();
  await page.getByLabel('Account').fill('stranger');
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByRole('alert')).toContainText('There is no staff member with the email address stranger@ravenstack.example.');
  await expectAccessible(page, 'a refused single sign-on');
});
