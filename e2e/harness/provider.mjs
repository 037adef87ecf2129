// A real OpenID Connect provider on the loopback, for the tests of single sign-on:
//
//   node provider.mjs '{"redirect":"http://127.0.0.1:1/sign-in/oidc/callback","people":{"ada":{"email":"ada@aurora.example","email_verified":true}}}'
//
// It prints its address, asks on a page of its own who one is, and ends with its
// standard input. With inToken the email address is in the identity token, else
// only in the user info.
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { Provider } from 'oidc-provider';

export const client = { id: 'handover', secret: 'a secret that only these tests know' };

// listen opens a server for start, so that its address is known before.
export async function listen(port = 0) {
  const server = createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return { server, issuer: `http://127.0.0.1:${server.address().port}` };
}

// start answers at the server; the function it returns ends it.
export function start({ server, issuer }, { redirect, people, inToken = false }) {
  const provider = new Provider(issuer, {
    clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: [redirect], grant_types: ['authorization_code'] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: !inToken,
    pkce: { required: () => true },
    cookies: { keys: ['these tests'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/who/${interaction.uid}` },
    findAccount: (_, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
    loadExistingGrant: consent,
  });
  const answer = provider.callback();
  server.on('request', (request, response) => (request.url.startsWith('/who/') ? who(provider, request, response) : answer(request, response)));
  return () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve)));
}

// consent is given without asking: the client belongs to the house.
async function consent(ctx) {
  const grant = new ctx.oidc.provider.Grant({ accountId: ctx.oidc.session.accountId, clientId: ctx.oidc.client.clientId });
  grant.addOIDCScope('openid email profile');
  await grant.save();
  return grant;
}

// who asks who one is, and believes it.
async function who(provider, request, response) {
  if (request.method === 'GET') {
    response.setHeader('Content-Type', 'text/html');
    response.end(`<!DOCTYPE html><html lang="en"><title>Provider</title><link rel="icon" href="data:,">
      <form method="post" action="${request.url}"><label>Account <input name="login"></label> <button>Go on</button></form></html>`);
    return;
  }
  let body = '';
  for await (const part of request) body += part;
  await provider.interactionFinished(request, response, { login: { accountId: new URLSearchParams(body).get('login') } });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const settings = JSON.parse(process.argv[2]);
  const at = await listen(settings.port);
  start(at, settings);
  console.log(`listening at ${at.issuer}`);
  process.stdin.on('end', () => process.exit(0)).resume();
}
