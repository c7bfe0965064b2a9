import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, verify } from 'node:crypto';
import { after, before, test } from 'node:test';

import {
  basic, decode, newKey, requestToken, secret, signJwt, start,
} from './fixture.js';

const programKey = newKey('program');
const { d: _, ...programPublicKey } = programKey;
const privateKey = createPrivateKey({ key: programKey, format: 'jwk' });

let provider;
before(async () => {
  provider = await start({
    clients: [
      { client_id: 'demo-researcher', client_secret: secret },
      { client_id: 'pipeline', jwks: { keys: [programPublicKey] } },
    ],
  });
});
after(() => provider.close());

const researcher = (parameters = {}) => requestToken(provider.url, {
  authorization: basic('demo-researcher', secret),
  ...parameters,
});

test('discovery names the issuer and offers nothing but client credentials', async () => {
  const document = await (await fetch(`${provider.url}/.well-known/openid-configuration`)).json();
  assert.equal(document.issuer, provider.configuration.issuer);
  assert.deepEqual(document.grant_types_supported, ['client_credentials']);
  assert.deepEqual(document.token_endpoint_auth_methods_supported, ['client_secret_basic', 'private_key_jwt']);
  for (const absent of ['userinfo_endpoint', 'registration_endpoint', 'end_session_endpoint', 'device_authorization_endpoint',
    'pushed_authorization_request_endpoint', 'introspection_endpoint', 'revocation_endpoint']) {
    assert.equal(document[absent], undefined, absent);
  }
});

test('the key set holds public keys only', async () => {
  const { keys } = await (await fetch(`${provider.url}/jwks`)).json();
  assert.equal(keys.length, 1);
  assert.deepEqual([keys[0].kid, keys[0].alg, keys[0].use], ['first', 'ES256', 'sig']);
  assert.equal(keys[0].d, undefined);
});

test('a request without resource or scope yields an RFC 9068 token for the portal', async () => {
  const { status, body } = await researcher();
  assert.equal(status, 200);
  assert.equal(body.token_type, 'Bearer');
  assert.equal(body.scope, 'portal');
  assert.equal(body.expires_in, 600);

  const { header, payload } = decode(body.access_token);
  assert.deepEqual(header, { alg: 'ES256', typ: 'at+jwt', kid: 'first' });
  assert.equal(payload.iss, provider.configuration.issuer);
  assert.equal(payload.aud, 'urn:dataportal');
  assert.equal(payload.scope, 'portal');
  assert.equal(payload.sub, 'demo-researcher');
  assert.equal(payload.client_id, 'demo-researcher');
  assert.equal(payload.exp - payload.iat, 600);
  assert.ok(payload.jti.length >= 20);
  assert.deepEqual(
    Object.keys(payload).sort(),
    ['aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'scope', 'sub'],
    'rights are not in tokens',
  );
});

test('the signature verifies with the published key, and not over altered text', async () => {
  const { body } = await researcher();
  const { keys: [jwk] } = await (await fetch(`${provider.url}/jwks`)).json();
  const [header, payload, signature] = body.access_token.split('.');
  const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
  assert.ok(verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url')));
  assert.ok(!verify('sha256', Buffer.from(`${header}.${payload}A`), key, Buffer.from(signature, 'base64url')));
});

test('naming the resource and the scope gives the same token', async () => {
  const { status, body } = await researcher({ resource: 'urn:dataportal', scope: 'portal' });
  assert.equal(status, 200);
  assert.equal(decode(body.access_token).payload.aud, 'urn:dataportal');
});

test('every token has an id of its own', async () => {
  const tokens = await Promise.all(Array.from({ length: 20 }, () => researcher()));
  assert.equal(new Set(tokens.map(({ body }) => decode(body.access_token).payload.jti)).size, 20);
});

const refused = [
  ['a wrong secret', { authorization: basic('demo-researcher', `${secret}x`) }, 401, 'invalid_client'],
  ['an empty secret', { authorization: basic('demo-researcher', '') }, 400, 'invalid_request'],
  ['an unknown client', { authorization: basic('nobody', secret) }, 401, 'invalid_client'],
  ['no authentication at all', {}, 400, 'invalid_request'],
  ['a client id alone', { client_id: 'demo-researcher' }, 401, 'invalid_client'],
  ['another scheme', { authorization: 'Bearer abc' }, 400, 'invalid_request'],
  ['a secret in the body', { client_id: 'demo-researcher', client_secret: secret }, 401, 'invalid_client'],
  ['another resource', { authorization: basic('demo-researcher', secret), resource: 'urn:other' }, 400, 'invalid_target'],
  ['a resource that is no URI', { authorization: basic('demo-researcher', secret), resource: 'portal' }, 400, 'invalid_target'],
  ['another scope', { authorization: basic('demo-researcher', secret), scope: 'admin' }, 400, 'invalid_scope'],
  ['OpenID\'s scope', { authorization: basic('demo-researcher', secret), scope: 'openid' }, 400, 'invalid_scope'],
  ['an unknown grant', { authorization: basic('demo-researcher', secret), grant_type: 'password' }, 400, 'unsupported_grant_type'],
  ['a code', { authorization: basic('demo-researcher', secret), grant_type: 'authorization_code', code: 'x' }, 400, 'unsupported_grant_type'],
  ['a refresh', { authorization: basic('demo-researcher', secret), grant_type: 'refresh_token', refresh_token: 'x' }, 400, 'unsupported_grant_type'],
];
for (const [name, request, status, error] of refused) {
  test(`${name} is refused`, async () => {
    const answer = await requestToken(provider.url, request);
    assert.deepEqual([answer.status, answer.body.error], [status, error]);
    assert.equal(answer.body.access_token, undefined);
  });
}

function assertion({ header = {}, claims = {}, key = privateKey } = {}) {
  const now = Math.floor(Date.now() / 1000);
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: signJwt({ alg: 'ES256', ...header }, {
      iss: 'pipeline',
      sub: 'pipeline',
      aud: provider.configuration.issuer,
      iat: now + 1,
      exp: now + 60,
      jti: crypto.randomUUID(),
      ...claims,
    }, key),
  };
}

test('a client assertion works once', async () => {
  const parameters = assertion();
  const first = await requestToken(provider.url, parameters);
  assert.equal(first.status, 200);
  assert.equal(decode(first.body.access_token).payload.client_id, 'pipeline');
  assert.equal((await requestToken(provider.url, parameters)).status, 401);
});

test('of many requests with one client assertion at once, one is answered', async () => {
  const parameters = assertion();
  const answers = await Promise.all(Array.from({ length: 20 }, () => requestToken(provider.url, parameters)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(19).fill(401)]);
});

const seconds = () => Math.floor(Date.now() / 1000);
const badAssertions = [
  ['alg none', () => assertion({ header: { alg: 'none' }, key: null })],
  ['another key', () => assertion({ key: createPrivateKey({ key: newKey('x'), format: 'jwk' }) })],
  ['another audience', () => assertion({ claims: { aud: 'https://elsewhere.example' } })],
  ['another issuer', () => assertion({ claims: { iss: 'demo-researcher' } })],
  ['no id', () => assertion({ claims: { jti: undefined } })],
  ['no time of issue', () => assertion({ claims: { iat: undefined } })],
  ['an expiry long past', () => assertion({ claims: { exp: seconds() - 600 } })],
  ['a life of an hour', () => assertion({ claims: { exp: seconds() + 3600 } })],
  ['a birth before this provider\'s', () => assertion({ claims: { iat: seconds() - 250 } })],
];
for (const [name, make] of badAssertions) {
  test(`a client assertion with ${name} is refused`, async () => {
    const answer = await requestToken(provider.url, make());
    assert.deepEqual([answer.status, answer.body.error], [401, 'invalid_client']);
  });
}

test('a client of a key cannot come with a secret, nor one of a secret with a key', async () => {
  assert.equal((await requestToken(provider.url, { authorization: basic('pipeline', secret) })).status, 401);
  assert.equal((await requestToken(provider.url, assertion({ claims: { iss: 'demo-researcher', sub: 'demo-researcher' } }))).status, 401);
});

test('the authorization route signs nobody in, keeps nothing and sets no cookie', async () => {
  const response = await fetch(
    `${provider.url}/auth?client_id=demo-researcher&response_type=code&scope=openid&redirect_uri=https://elsewhere.example/`,
    { redirect: 'manual' },
  );
  assert.equal(response.status, 400);
  assert.equal(response.headers.get('location'), null);
  assert.equal(response.headers.get('set-cookie'), null);
});

for (const path of ['/me', '/reg', '/interaction/abc', '/session/end', '/device', '/request', '/token/introspection', '/token/revocation', '/']) {
  test(`${path} is not there`, async () => {
    assert.equal((await fetch(provider.url + path)).status, 404);
    assert.equal((await fetch(provider.url + path, { method: 'POST' })).status, 404);
  });
}

test('health is answered', async () => {
  const response = await fetch(`${provider.url}/healthz`);
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { status: 'ok' });
});

test('two keys are published and the first one signs', async () => {
  const other = await start({ jwks: { keys: [newKey('new'), newKey('old')] } });
  try {
    const { keys } = await (await fetch(`${other.url}/jwks`)).json();
    assert.deepEqual(keys.map(({ kid }) => kid), ['new', 'old']);
    const { body } = await requestToken(other.url, { authorization: basic('demo-researcher', secret) });
    assert.equal(decode(body.access_token).header.kid, 'new');
  } finally {
    await other.close();
  }
});
