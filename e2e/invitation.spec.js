import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Mailbox } from './harness/mailbox.js';
import { Program } from './harness/program.js';
import { password } from './harness/people.js';
import { expect, expectAccessible, signedOut, test } from './harness/test.js';

// A program of its own: this one has a mail server.
let program;
let mailbox;

test.describe.configure({ mode: 'serial', timeout: 90_000 });
test.use({ storageState: signedOut });

test.beforeAll(async () => {
  mailbox = await Mailbox.open();
  program = await Program.start({ HANDOVER_SMTP_URL: mailbox.url });
  const file = join(program.dir, 'distributors.csv');
  writeFileSync(file, 'id,parent_id,name,currency,country,legal_entity,brand_id,merchant_account,status\nD-AURORA,,Aurora Cloud,EUR,NO,Aurora Cloud AS,,,active\n');
  await program.handover(['import', file]);
  const who = ['--email', 'ada@aurora.example', '--name', 'Ada Aurora', '--distributor', 'D-AURORA', '--role', 'administrator'];
  await program.handover(['staff', 'add', ...who, '--password-stdin'], password);
});

test.afterAll(async () => {
  await program?.stop();
  mailbox?.close();
});

async function signIn(page, email, secret) {
  await page.goto(`${program.base}/sign-in`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/pcp\/?$/);
}

const linkIn = (mail) => /http:\/\/\S+\/(?:invitation|reset)\/[A-Z2-7]+/.exec(mail)[0];

test('an invited person sets a password by the mailed link and signs in', async ({ page, browser }) => {
  await signIn(page, 'ada@aurora.example', password);
  await page.getByRole('link', { name: 'Staff' }).click();
  await page.getByRole('link', { name: 'Invite a person' }).click();
  await page.getByLabel('E-mail').fill('nora@nordlys.example');
  await page.getByLabel('Name').fill('Nora Nordlys');
  await page.getByLabel('Finance', { exact: true }).check();
  await page.getByRole('button', { name: 'Invite' }).click();
  await expect(page.getByRole('status')).toContainText('Invited nora@nordlys.example.');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Invited');
  await expectAccessible(page, 'an invited person');

  const link = linkIn(await mailbox.to('nora@nordlys.example'));
  const guest = await browser.newContext({ storageState: signedOut });
  const nora = await guest.newPage();
  await nora.goto(link);
  await expect(nora.getByRole('heading', { name: 'Welcome to Handover' })).toBeVisible();
  await expectAccessible(nora, 'an invitation');
  await nora.getByLabel('Password').fill('password1234');
  await nora.getByRole('button', { name: 'Set password' }).click();
  await expect(nora.getByRole('alert')).toContainText('tried first');
  await expectAccessible(nora, 'an invitation with a weak password');
  await nora.getByLabel('Password').fill('seven green umbrellas');
  await nora.getByRole('button', { name: 'Set password' }).click();
  await expect(nora.getByRole('status')).toContainText('Your password is set.');
  await signIn(nora, 'nora@nordlys.example', 'seven green umbrellas');
  await nora.getByRole('button', { name: /^You:/ }).click();
  await nora.getByRole('link', { name: 'Your account' }).click();
  await expect(nora.getByRole('main')).toContainText('Finance');
  await expect(nora.getByRole('table')).toContainText('This one');

  expect((await nora.goto(link)).status()).toBe(404);
  await expect(nora.getByRole('main')).toContainText('does not work any more');

  // Disabled, she is out at once.
  await page.reload();
  await page.getByRole('button', { name: 'Disable' }).click();
  await expect(page.getByRole('status')).toContainText('Disabled Nora Nordlys.');
  await nora.goto(`${program.base}/pcp/`);
  await expect(nora).toHaveURL(/\/sign-in/);
  await guest.close();
});

test('a forgotten password is replaced by a mailed link, without JavaScript too', async ({ browser }) => {
  const context = await browser.newContext({ storageState: signedOut, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${program.base}/sign-in`);
  await page.getByRole('link', { name: 'Forgot password?' }).click();
  await page.getByLabel('E-mail').fill('ada@aurora.example');
  await page.getByRole('button', { name: 'Send link' }).click();
  await expect(page.getByText('a mail with a link is on its way')).toBeVisible();
  await page.goto(linkIn(await mailbox.to('ada@aurora.example')));
  await page.getByLabel('Password').fill('eleven quiet lanterns');
  await page.getByRole('button', { name: 'Change password' }).click();
  await signIn(page, 'ada@aurora.example', 'eleven quiet lanterns');
  await context.close();
});
