// A webhook from its first page to its end, with a program that listens and checks.
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { password } from './harness/people.js';
import { Program } from './harness/program.js';
import { expect, signedOut, test } from './harness/test.js';

// A program of its own: this one may send messages to this machine.
let program;

test.describe.configure({ timeout: 90_000 });
test.use({ storageState: signedOut });

test.beforeAll(async () => {
  program = await Program.start({ HANDOVER_WEBHOOK_NETWORKS: '127.0.0.0/8' });
  const file = join(program.dir, 'distributors.csv');
  writeFileSync(file, 'id,parent_id,name,currency,country,legal_entity,brand_id,merchant_account,status\nD-AURORA,,Aurora Cloud,EUR,NO,Aurora Cloud AS,,,active\n');
  await program.handover(['import', file]);
  const who = ['--email', 'ada@aurora.example', '--name', 'Ada Aurora', '--distributor', 'D-AURORA', '--role', 'administrator'];
  await program.handover(['staff', 'add', ...who, '--password-stdin'], password);
});

test.afterAll(() => program?.stop());

// listen starts a program that keeps the messages it gets.
function listen() {
  const got = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      got.push({ headers: request.headers, body });
      response.writeHead(204).end();
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve({ server, got, url: `http://127.0.0.1:${server.address().port}/handover` })));
}

// signature is what Standard Webhooks says of a message.
const signature = (secret, m) =>
  `v1,${createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64')).update(`${m.headers['webhook-id']}.${m.headers['webhook-timestamp']}.${m.body}`).digest('base64')}`;

test('add a webhook, test it, rotate its secret, send a message again, end it', async ({ page }) => {
  const { server, got, url } = await listen();
  await page.goto(`${program.base}/sign-in`);
  await page.getByLabel('E-mail').fill('ada@aurora.example');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Webhooks' }).click();
  await page.getByLabel('Address').fill('nowhere');
  await page.getByLabel('order.completed').check();
  await page.getByRole('button', { name: 'Add webhook' }).click();
  await expect(page.locator('#url-error, .invalid-feedback').first()).toContainText('"nowhere" is not an address');
  await page.getByLabel('Address').fill(url);
  await page.getByLabel('Description').fill('The CRM');
  await page.getByRole('button', { name: 'Add webhook' }).click();
  const secret = (await page.locator('code.secret').textContent()).trim();

  await page.getByRole('button', { name: 'Send test' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'A test message is on its way' })).toBeVisible();
  await expect.poll(() => got.length).toBe(1);
  expect(got[0].headers['webhook-signature'].split(' ')).toEqual([signature(secret, got[0])]);
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole('row', { name: /test .* Delivered/ })).toBeVisible();
  }).toPass();

  await page.getByRole('button', { name: 'Rotate secret' }).click();
  const fresh = (await page.locator('code.secret').textContent()).trim();
  await expect(page.getByText('Both the former and the new secret sign until')).toBeVisible();
  await page.goto(`${program.base}/pcp/webhooks`);
  await page.getByRole('link', { name: url }).click();
  await page.getByRole('link', { name: 'test' }).click();
  await expect(page.getByText('"type": "test"')).toBeVisible();
  await page.getByRole('button', { name: 'Send again' }).click();
  await expect.poll(() => got.length).toBe(2);
  expect(got[1].headers['webhook-id']).toBe(got[0].headers['webhook-id']);
  expect(got[1].headers['webhook-signature'].split(' ')).toEqual([signature(fresh, got[1]), signature(secret, got[1])]);

  await page.getByRole('button', { name: 'Disable' }).click();
  await expect(page.getByText('Messages wait and are sent')).toBeVisible();
  await page.getByRole('button', { name: 'Enable' }).click();
  await page.getByRole('button', { name: 'Remove webhook' }).click();
  await expect(page.getByText('The webhook was removed.')).toBeVisible();
  await expect(page.getByRole('link', { name: url })).toHaveCount(0);
  server.close();
});
