import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';

import { checkConfiguration } from '../src/configuration.js';
import { createPortal, Refused } from '../src/portal.js';
import { listen } from '../src/server.js';
import { createAdapter } from '../src/storage.js';
import {
  basic, decode, issuer, newKey, requestToken, secret, settingsWith, start, startPortal, storageKey,
} from '../testing/fixture.js';

const authorization = basic('demo-researcher', secret);

/** With headers that `fetch` sets itself. */
function send(url, path, headers) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    request({ hostname, port, path, headers, agent: false }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part)).on('end', () => resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString() }));
    }).on('error', reject).end();
  });
}

test('new keys are taken up while it runs', async (t) => {
  const old = { ...newKey('old'), alg: 'ES256', use: 'sig' };
  const { portal, url } = await start(t, { every: 20, settings: settingsWith({ keys: [old] }) });
  const kid = async () => decode((await requestToken(url, { authorization })).body.access_token).header.kid;
  assert.equal(await kid(), 'old');
  portal.settings = { ...portal.settings, keys: [{ ...newKey('new'), alg: 'ES256', use: 'sig' }, old] };
  portal.version += 1;
  while (await kid() !== 'new') await new Promise((resolve) => { setTimeout(resolve, 20); });
  const { keys } = await (await fetch(`${url}/jwks`)).json();
  assert.deepEqual(keys.map((key) => key.kid), ['new', 'old']);
});

test('a portal that answers nothing good is "temporarily unavailable", and never "no such client"', async (t) => {
  const { portal, url } = await start(t);
  const unknown = { authorization: basic('somebody', secret) };
  assert.deepEqual([(await requestToken(url, unknown)).status], [401]); // the control
  for (const status of [500, 401, 404]) {
    portal.status = status;
    const answer = await requestToken(url, unknown);
    assert.deepEqual([answer.status, answer.body.error], [503, 'temporarily_unavailable'], String(status));
  }
  portal.status = undefined;
  assert.equal((await requestToken(url, unknown)).status, 401);
  await portal.close();
  const answer = await requestToken(url, unknown);
  assert.deepEqual([answer.status, answer.body.error], [503, 'temporarily_unavailable']);
  const page = await send(url, '/auth?client_id=somebody&response_type=code', { accept: 'text/html' });
  assert.equal(page.status, 503);
  assert.equal((await send(url, '/healthz', {})).status, 200);
  // What was read before goes on, as it needs no storage.
  assert.equal((await requestToken(url, { authorization })).status, 200);
});

test('questions are asked once more, changes are told once, and neither waits for ever', async (t) => {
  const fake = await startPortal();
  t.after(() => fake.close());
  const portal = createPortal({ port: fake.port, key: storageKey }, { timeout: 100 });
  t.after(() => portal.close());
  fake.silent = true;
  await assert.rejects(portal.ask('find', {}), { statusCode: 503 });
  assert.equal(fake.asked.length, 2);
  await assert.rejects(portal.tell('consume', {}), { statusCode: 503 });
  assert.equal(fake.asked.length, 3);

  fake.silent = false;
  await assert.rejects(portal.tell('consume', { model: 'RefreshToken', id: 'none' }), (error) => error instanceof Refused && error.code === 'consumed');
  const stranger = createPortal({ port: fake.port, key: 'another key' });
  t.after(() => stranger.close());
  await assert.rejects(stranger.ask('settings', {}), { statusCode: 503 });
});

test('it does not start on a portal that does not answer', async (t) => {
  const fake = await startPortal();
  await fake.close();
  const configuration = checkConfiguration({ issuer, port: 0, storage: { port: fake.port, key: storageKey } });
  await assert.rejects(listen(configuration, { within: 300 }), { error: 'temporarily_unavailable' });
  t.diagnostic('and holds nothing open');
});

test('a refusal means to the client what it should', async () => {
  const refusing = (code) => createAdapter({ tell: () => Promise.reject(new Refused(code)) });
  const meanings = [
    ['Session', 'signed_out', 'invalid_request'],
    ['Interaction', 'consumed', 'invalid_request'],
    ['PushedAuthorizationRequest', 'consumed', 'invalid_request_uri'],
    ['AuthorizationCode', 'consumed', 'invalid_grant'],
    ['AuthorizationCode', 'signed_out', 'access_denied'],
    ['DeviceCode', 'conflict', 'invalid_request'],
    ['DeviceCode', 'consumed', 'invalid_grant'],
    ['RefreshToken', 'consumed', 'invalid_grant'],
    ['RefreshToken', 'grant_gone', 'invalid_grant'],
  ];
  for (const [model, code, error] of meanings) {
    await assert.rejects(refusing(code)(model).consume('x'), { error }, `${model} ${code}`);
  }
  await refusing('conflict')('Session').upsert('x', {}); // what another request of the same browser wrote stands
  const broken = new Error('down');
  await assert.rejects(createAdapter({ tell: () => Promise.reject(broken) })('Session').upsert('x', {}), broken);
});

test('callers do not choose the addresses that others are sent to', async (t) => {
  const { url } = await start(t);
  for (const headers of [{ host: 'forger.example' }, { 'x-forwarded-host': 'forger.example' }, { 'x-forwarded-proto': 'ftp' }, { forwarded: 'host=forger.example' }]) {
    const { text } = await send(url, '/.well-known/openid-configuration', headers);
    assert.equal(JSON.parse(text).token_endpoint, `${issuer}/token`);
  }
});

test('over https the cookies cannot be read or planted by a neighbour', async (t) => {
  const app = { client_id: 'app', token_endpoint_auth_method: 'none', response_types: ['code'], redirect_uris: ['https://app.example/'] };
  const query = new URLSearchParams({ client_id: 'app', response_type: 'code', redirect_uri: 'https://app.example/', scope: 'openid', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' });
  const { url } = await start(t, { configuration: { issuer: 'https://login.example' }, clients: { app } });
  const { status, headers } = await send(url, `/auth?${query}`, {});
  assert.equal(status, 303);
  assert.ok(headers['set-cookie'].length > 0);
  for (const cookie of headers['set-cookie']) {
    assert.match(cookie, /^__(Host|Secure)-/);
    assert.match(cookie, /; secure/i);
    assert.match(cookie, /; httponly/i);
    assert.match(cookie, /; samesite=lax/i);
  }
  assert.match(headers['strict-transport-security'], /max-age=31536000/);
});

test('below a path it answers there and nowhere else', async (t) => {
  const { url } = await start(t, { configuration: { issuer: 'https://portal.example/openid' } });
  const found = await send(url, '/openid/.well-known/openid-configuration', {});
  assert.deepEqual([found.status, JSON.parse(found.text).token_endpoint], [200, 'https://portal.example/openid/token']);
  assert.equal((await send(url, '/.well-known/openid-configuration', {})).status, 404);
});
