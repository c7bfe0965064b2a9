import assert from 'node:assert/strict';
import { test } from 'node:test';

import { policy } from '../src/policy.js';
import {
  Browser, issuer, portalUrl, post, start,
} from '../testing/fixture.js';

const redirect = 'https://app.example/callback';
const app = {
  client_id: 'app', client_name: 'App', token_endpoint_auth_method: 'none', grant_types: ['authorization_code'], response_types: ['code'], redirect_uris: [redirect],
};
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const asks = {
  client_id: 'app', response_type: 'code', redirect_uri: redirect, scope: 'openid', state: 's', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256',
};
const accounts = { somebody: { sub: 'somebody', name: 'Some Body', email: 's@example.org', emailVerified: true } };
const decision = () => ({ subject: 'somebody', amr: ['pwd'], acr: 'weak', at: Math.floor(Date.now() / 1000) });

async function begin(browser, changes = {}) {
  const asked = await browser.get(`/auth?${new URLSearchParams({ ...asks, ...changes })}`);
  assert.equal(asked.status, 303);
  const ours = await browser.get(asked.location);
  assert.equal(ours.status, 303);
  return new URL(ours.location);
}

test('people are sent to the portal to sign in, and come back by a ticket to a code', async (t) => {
  const { portal, url } = await start(t, { clients: { app }, accounts });
  const browser = new Browser(url);
  const page = await begin(browser);
  assert.equal(page.origin + page.pathname, `${portalUrl}/sign-in`);
  portal.tickets.good = decision();
  const resumed = await browser.get(`/interaction/${page.searchParams.get('uid')}/finish?ticket=good`);
  assert.equal(resumed.status, 303);

  // Not one of ours: they are asked whether they agree.
  const consent = new URL((await browser.get((await browser.get(resumed.location)).location)).location);
  assert.equal(consent.origin + consent.pathname, `${portalUrl}/consent`);
  portal.tickets.yes = { consented: true };
  const agreed = await browser.get(`/interaction/${consent.searchParams.get('uid')}/finish?ticket=yes`);
  const back = new URL((await browser.get(agreed.location)).location);
  assert.equal(back.origin + back.pathname, redirect);
  assert.deepEqual([back.searchParams.get('iss'), back.searchParams.get('state')], [issuer, 's']);

  const form = { grant_type: 'authorization_code', client_id: 'app', code: back.searchParams.get('code'), redirect_uri: redirect, code_verifier: verifier };
  assert.equal((await post(url, '/token', form)).status, 200);
  const again = await post(url, '/token', form);
  assert.deepEqual([again.status, again.body.error], [400, 'invalid_grant']);
});

test('a refusal is told to the program, with the issuer', async (t) => {
  const { portal, url } = await start(t, { clients: { app }, accounts });
  const browser = new Browser(url);
  const page = await begin(browser);
  portal.tickets.no = { consented: false };
  const resumed = await browser.get(`/interaction/${page.searchParams.get('uid')}/finish?ticket=no`);
  const back = new URL((await browser.get(resumed.location)).location);
  assert.deepEqual([back.searchParams.get('error'), back.searchParams.get('iss')], ['access_denied', issuer]);
});

test('without a good ticket, and in another browser, nobody gets on', async (t) => {
  const { portal, url } = await start(t, { clients: { app }, accounts });
  const browser = new Browser(url);
  const uid = (await begin(browser)).searchParams.get('uid');
  const finish = `/interaction/${uid}/finish`;
  for (const bad of [finish, `${finish}?ticket=`, `${finish}?ticket=unknown`, `${finish}?ticket=a&ticket=b`]) {
    assert.equal((await browser.get(bad)).status, 400, bad);
  }
  portal.tickets.good = decision();
  assert.equal((await new Browser(url).get(`${finish}?ticket=good`)).status, 400);
  assert.ok(portal.tickets.good, 'the stranger has not used it up');
  assert.equal((await browser.get(`${finish}?ticket=good`)).status, 303);
  assert.equal((await browser.get(`${finish}?ticket=good`)).status, 400);
});

test('a ticket that answers another question is refused', async (t) => {
  const { portal, url } = await start(t, { clients: { app }, accounts });
  const browser = new Browser(url);
  const uid = (await begin(browser)).searchParams.get('uid');
  portal.tickets.consent = { consented: true };
  assert.equal((await browser.get(`/interaction/${uid}/finish?ticket=consent`)).status, 400);
});

test('a stronger sign-in is asked for once, and only of a weaker session', () => {
  const check = policy(['weak', 'strong']).get('login').checks.get('acr_values');
  const ask = (wanted, has, result) => check.check({ oidc: { params: { acr_values: wanted }, session: { acr: has }, result } });
  assert.equal(ask('strong', 'weak'), true);
  assert.equal(ask('strong', undefined), true);
  assert.equal(ask('strong', 'strong'), false);
  assert.equal(ask('weak strong', 'weak'), false);
  assert.equal(ask('weak', 'strong'), false);
  assert.equal(ask('unheard-of', 'weak'), false);
  assert.equal(ask(undefined, 'weak'), false);
  assert.equal(ask('strong', 'weak', { login: {} }), false);
});

test('a native program gets nothing unless the person has noticed', () => {
  const { checks } = policy([]).get('consent');
  const check = checks.get('native_client_prompt');
  const ask = (oidc) => check.check({ oidc: { client: { applicationType: 'native' }, ...oidc } });
  assert.equal(ask({}), true);
  assert.equal(ask({ client: { applicationType: 'web' } }), false);
  assert.equal(ask({ deviceCode: {} }), false);
  assert.equal(ask({ result: { login: {} } }), false);
  assert.equal(ask({ result: { consent: {} } }), false);
});
