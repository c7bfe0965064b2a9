// Walks a running portal in evaluation mode with the certified client library: node walk.mjs DIR/demo.json. Prints one line per step, exit code 1 at the first that fails.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import process from 'node:process';

import * as client from 'openid-client';

import { Browser, totp } from './browser.mjs';

const demo = JSON.parse(await readFile(process.argv[2], 'utf8'));
const issuer = new URL(demo.issuer);
const me = new URL('/api/v1/me', demo.url);
const person = demo.accounts.find((account) => account.name === 'researcher');
const insecure = { execute: [client.allowInsecureRequests] }; // loopback only: evaluation mode has no TLS
const redirectUri = 'http://127.0.0.1:45123/callback';

async function step(name, run) {
  try {
    const result = await run();
    console.log(`ok ${name}`);
    return result;
  } catch (error) {
    console.log(`not ok ${name}`);
    console.error(error);
    process.exit(1);
  }
}

// A code works once, so a second sign-in within the same half minute has to wait for the next one.
let lastStep = 0;
async function freshCode() {
  while (Math.floor(Date.now() / 30_000) <= lastStep) await new Promise((resolve) => { setTimeout(resolve, 250); });
  lastStep = Math.floor(Date.now() / 30_000);
  return totp(person.totp_secret);
}

async function signIn(browser, page, until) {
  const asked = await browser.send(page, { email: person.email, username: person.email, 'current-password': person.password, password: person.password }, { until });
  return asked.status === 0 ? asked : browser.send(asked, { 'one-time-code': await freshCode() }, { until });
}

const config = await step('discovery', async () => {
  const found = await client.discovery(issuer, 'portal-cli', undefined, client.None(), insecure);
  const metadata = found.serverMetadata();
  assert.equal(metadata.issuer, demo.issuer);
  assert.deepEqual(metadata.code_challenge_methods_supported, ['S256']);
  assert.ok(metadata.dpop_signing_alg_values_supported.includes('ES256'));
  assert.equal(metadata.authorization_response_iss_parameter_supported, true);
  client.enableNonRepudiationChecks(found);
  return found;
});
const dpopKey = await client.randomDPoPKeyPair('ES256');
const DPoP = client.getDPoPHandle(config, dpopKey);

const tokens = await step('code + PKCE + PAR', async () => {
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const parameters = {
    redirect_uri: redirectUri, scope: 'openid email offline_access portal', resource: 'urn:dataportal', code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', state, nonce,
  };
  const url = await client.buildAuthorizationUrlWithPAR(config, parameters, { DPoP });
  assert.match(url.searchParams.get('request_uri'), /^urn:ietf:params:oauth:request_uri:/);
  const browser = new Browser();
  const until = (address) => address.href.startsWith(redirectUri);
  const back = await signIn(browser, await browser.open(url, { until }), until);
  assert.equal(back.url.searchParams.get('iss'), demo.issuer);
  const granted = await client.authorizationCodeGrant(config, back.url, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce }, undefined, { DPoP });
  assert.equal(granted.token_type, 'dpop');
  assert.equal(granted.claims().email, person.email);
  await assert.rejects(client.authorizationCodeGrant(config, back.url, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce }, undefined, { DPoP }), { error: 'invalid_grant' });
  return granted;
});

// The code was used twice, and with it everything that came of it is gone; this one is used once.
const live = await step('device', async () => {
  const started = await client.initiateDeviceAuthorization(config, { scope: 'openid email offline_access portal', resource: 'urn:dataportal' });
  const browser = new Browser();
  const entry = await browser.open(started.verification_uri);
  const confirm = await browser.send(entry, { user_code: started.user_code });
  const asked = await browser.send(confirm, { user_code: started.user_code, confirm: 'yes' }, { press: /confirm|continue|approve/i });
  const done = await signIn(browser, asked, undefined);
  assert.equal(done.status, 200, done.text);
  const granted = await client.pollDeviceAuthorizationGrant(config, started, undefined, { DPoP });
  assert.equal(granted.token_type, 'dpop');
  assert.ok(granted.refresh_token);
  return granted;
});

await step('a code used twice takes its tokens with it', async () => {
  await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP }), { error: 'invalid_grant' });
});

await step('DPoP at the API', async () => {
  const answer = await client.fetchProtectedResource(config, live.access_token, me, 'GET', undefined, undefined, { DPoP });
  assert.equal((await answer.json()).email, person.email);
  // The control: the same token without the key, as a thief has it.
  const stolen = await fetch(me, { headers: { authorization: `Bearer ${live.access_token}` } });
  assert.equal(stolen.status, 401);
});

const refreshed = await step('refresh', async () => {
  const granted = await client.refreshTokenGrant(config, live.refresh_token, undefined, { DPoP });
  assert.notEqual(granted.refresh_token, live.refresh_token);
  const answer = await client.fetchProtectedResource(config, granted.access_token, me, 'GET', undefined, undefined, { DPoP });
  assert.equal(answer.status, 200);
  return granted;
});

await step('revocation', async () => {
  await client.tokenRevocation(config, refreshed.refresh_token);
  await assert.rejects(client.refreshTokenGrant(config, refreshed.refresh_token, undefined, { DPoP }), { error: 'invalid_grant' });
});

await step('client credentials with private_key_jwt', async () => {
  const { publicKey, privateKey } = await client.randomDPoPKeyPair('ES256', { extractable: true });
  const publicJwk = await crypto.subtle.exportKey('jwk', publicKey);
  const basic = Buffer.from(`demo-researcher:${demo.clients.find((c) => c.name === 'researcher').client_secret}`).toString('base64');
  const token = await (await fetch(config.serverMetadata().token_endpoint, { method: 'POST', headers: { authorization: `Basic ${basic}` }, body: new URLSearchParams({ grant_type: 'client_credentials' }) })).json();
  const created = await fetch(new URL('/api/v1/clients', demo.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token.access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'walk', project: person.projects[0], permissions: ['summary'], expiresOn: new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10), publicKey: publicJwk,
    }),
  });
  assert.equal(created.status, 201, await created.clone().text());
  const { program: { id: clientId } } = await created.json();
  const program = await client.discovery(issuer, clientId, undefined, client.PrivateKeyJwt(privateKey), insecure);
  const bearer = await client.clientCredentialsGrant(program);
  const answer = await fetch(me, { headers: { authorization: `Bearer ${bearer.access_token}` } });
  assert.equal(answer.status, 200);
  assert.deepEqual((await answer.json()).roles, []);
  const bound = client.getDPoPHandle(program, dpopKey);
  const proven = await client.clientCredentialsGrant(program, undefined, { DPoP: bound });
  assert.equal(proven.token_type, 'dpop');
  assert.equal((await client.fetchProtectedResource(program, proven.access_token, me, 'GET', undefined, undefined, { DPoP: bound })).status, 200);
});
