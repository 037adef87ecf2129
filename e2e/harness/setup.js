// Before all tests: the program, the RavenStack data, its people, a provider of
// single sign-on, and a signed-in browser state. After all tests, also failed ones: everything goes away.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from '@playwright/test';
import { Program, root } from './program.js';
import { administrator, auditor, careful, partnerDE, partnerFR, password, vouched } from './people.js';
import * as provider from './provider.mjs';

export default async function setup() {
  const login = await provider.listen();
  const program = await Program.start({
    HANDOVER_OIDC_ISSUER: login.issuer, HANDOVER_OIDC_CLIENT_ID: provider.client.id, HANDOVER_OIDC_CLIENT_SECRET: provider.client.secret, HANDOVER_OIDC_NAME: 'Raven Login',
  });
  const people = { vera: { email: vouched.email, email_verified: true }, stranger: { email: 'stranger@ravenstack.example', email_verified: true } };
  const stopLogin = provider.start(login, { redirect: `${program.base}/sign-in/oidc/callback`, people });
  const stop = async () => {
    await stopLogin();
    if (process.env.E2E_LOG) writeFileSync(process.env.E2E_LOG, program.log);
    await program.stop();
  };
  try {
    await program.handover(['import', join(root, 'testdata', 'ravenstack.zip')]);
    await program.handover(['import', join(root, 'e2e', 'channel')]); // resellers for cases that RavenStack does not have
    for (const person of [administrator, auditor, partnerDE, partnerFR, careful, vouched]) {
      const who = ['--email', person.email, '--name', person.name, '--distributor', person.distributor ?? 'D-RAVEN', '--role', person.role];
      await program.handover(['staff', 'add', ...who, '--password-stdin'], password);
    }
    mkdirSync(join(program.dir, 'claims'));
    Object.assign(process.env, {
      E2E_BASE: program.base,
      E2E_DATABASE: JSON.stringify(program.database),
      E2E_DIR: program.dir,
      E2E_PROGRAM: JSON.stringify({ binary: program.binary, env: program.env }),
      E2E_STATE: await signIn(program),
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return async () => {
    try {
      await program.handover(['verify']); // every transfer of the tests left the books whole
    } finally {
      await stop();
    }
  };
}

// signIn returns a file with the cookies of the administrator.
async function signIn(program) {
  const api = await request.newContext({ baseURL: program.base });
  const answer = await api.post('/sign-in', { form: { email: administrator.email, password }, maxRedirects: 0 });
  if (answer.status() !== 303) throw new Error(`Signing in was answered with ${answer.status()}.`);
  const path = join(program.dir, 'signed-in.json');
  await api.storageState({ path });
  await api.dispose();
  return path;
}
