import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';

import {
  assertion, basic, decode, issuer, newKey, post, proof, publicOf, requestToken, seconds, secret, settingsWith, start, thumbprint,
} from '../testing/fixture.js';

const programKey = newKey('program');
const pipeline = {
  client_id: 'pipeline',
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: 'ES256',
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
  jwks: { keys: [publicOf(programKey)] },
};
const authorization = basic('demo-researcher', secret);

test('discovery tells what is offered, and nothing more is', async (t) => {
  const { url } = await start(t);
  const document = await (await fetch(`${url}/.well-known/openid-configuration`)).json();
  assert.equal(document.issuer, issuer);
  assert.deepEqual(document.grant_types_supported.toSorted(), ['authorization_code', 'client_credentials', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code']);
  assert.deepEqual(document.response_types_supported, ['code']);
  assert.deepEqual(document.code_challenge_methods_supported, ['S256']);
  assert.deepEqual(document.token_endpoint_auth_methods_supported.toSorted(), ['client_secret_basic', 'none', 'private_key_jwt']);
  assert.deepEqual(document.dpop_signing_alg_values_supported, ['ES256']);
  assert.deepEqual(document.acr_values_supported, ['weak', 'strong']);
  assert.equal(document.authorization_response_iss_parameter_supported, true);
  assert.equal(document.backchannel_logout_supported, true);
  for (const present of ['pushed_authorization_request_endpoint', 'device_authorization_endpoint', 'introspection_endpoint', 'revocation_endpoint', 'end_session_endpoint']) {
    assert.ok(document[present].startsWith(`${issuer}/`), present);
  }
  for (const absent of ['userinfo_endpoint', 'registration_endpoint']) assert.equal(document[absent], undefined, absent);
});

test('the key set holds the public half of every key', async (t) => {
  const { url } = await start(t, { settings: settingsWith({ keys: [{ ...newKey('first'), alg: 'ES256', use: 'sig' }, { ...newKey('next'), alg: 'ES256', use: 'sig' }] }) });
  const { keys } = await (await fetch(`${url}/jwks`)).json();
  assert.deepEqual(keys.map(({ kid, alg, use }) => [kid, alg, use]), [['first', 'ES256', 'sig'], ['next', 'ES256', 'sig']]);
  assert.ok(keys.every((key) => key.d === undefined));
});

test('a request without resource or scope yields an RFC 9068 token for the portal, signed by the first key', async (t) => {
  const { url } = await start(t, { settings: settingsWith({ keys: [{ ...newKey('signs'), alg: 'ES256', use: 'sig' }, { ...newKey('next'), alg: 'ES256', use: 'sig' }] }) });
  const { status, body } = await requestToken(url, { authorization });
  assert.equal(status, 200);
  assert.deepEqual([body.token_type, body.scope, body.expires_in], ['Bearer', 'portal', 600]);
  const { header, payload } = decode(body.access_token);
  assert.deepEqual(header, { alg: 'ES256', typ: 'at+jwt', kid: 'signs' });
  assert.deepEqual([payload.iss, payload.aud, payload.sub, payload.client_id, payload.exp - payload.iat], [issuer, 'urn:dataportal', 'demo-researcher', 'demo-researcher', 600]);
  assert.deepEqual(Object.keys(payload).sort(), ['aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'scope', 'sub'], 'rights are not in tokens');

  const { keys: [jwk] } = await (await fetch(`${url}/jwks`)).json();
  const [head, claims, signature] = body.access_token.split('.');
  const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
  assert.ok(verify('sha256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url')));
  assert.ok(!verify('sha256', Buffer.from(`${head}.${claims}A`), key, Buffer.from(signature, 'base64url')));
});

test('what is not a good request for a token is refused', async (t) => {
  const { url } = await start(t, { clients: { pipeline } });
  const refused = [
    ['a wrong secret', { authorization: basic('demo-researcher', `${secret}x`) }, 401, 'invalid_client'],
    ['an empty secret', { authorization: basic('demo-researcher', '') }, 400, 'invalid_request'],
    ['an unknown client', { authorization: basic('nobody', secret) }, 401, 'invalid_client'],
    ['no authentication at all', {}, 400, 'invalid_request'],
    ['a client id alone', { client_id: 'demo-researcher' }, 401, 'invalid_client'],
    ['another scheme', { authorization: 'Bearer abc' }, 400, 'invalid_request'],
    ['a secret in the body', { client_id: 'demo-researcher', client_secret: secret }, 401, 'invalid_client'],
    ['a secret for a client of a key', { authorization: basic('pipeline', secret) }, 401, 'invalid_client'],
    ['a key for a client of a secret', assertion('demo-researcher', programKey), 401, 'invalid_client'],
    ['another resource', { authorization, resource: 'urn:other' }, 400, 'invalid_target'],
    ['a resource that is no URI', { authorization, resource: 'portal' }, 400, 'invalid_target'],
    ['another scope', { authorization, scope: 'admin' }, 400, 'invalid_scope'],
    ["OpenID's scope", { authorization, scope: 'openid' }, 400, 'invalid_scope'],
    ['a password', { authorization, grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['a code from a client that signs nobody in', { authorization, grant_type: 'authorization_code', code: 'x', redirect_uri: 'https://a.example', code_verifier: 'x' }, 400, 'invalid_request'],
    ['a refresh token from one that has none', { authorization, grant_type: 'refresh_token', refresh_token: 'x' }, 400, 'invalid_request'],
  ];
  for (const [name, request, status, error] of refused) {
    const answer = await requestToken(url, request);
    assert.deepEqual([name, answer.status, answer.body.error], [name, status, error], JSON.stringify(answer.body));
    assert.equal(answer.body.access_token, undefined, name);
  }
  assert.equal((await requestToken(url, { authorization })).status, 200);
});

test('a client assertion works once, and of many at once one is answered', async (t) => {
  const { url } = await start(t, { clients: { pipeline } });
  const one = assertion('pipeline', programKey);
  const first = await requestToken(url, one);
  assert.deepEqual([first.status, decode(first.body.access_token).payload.client_id], [200, 'pipeline']);
  assert.equal((await requestToken(url, one)).status, 401);

  const many = assertion('pipeline', programKey);
  const answers = await Promise.all(Array.from({ length: 20 }, () => requestToken(url, many)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(19).fill(401)]);
});

test('a client assertion that is not as it should be is refused', async (t) => {
  const { url } = await start(t, { clients: { pipeline } });
  const bad = {
    'alg none': assertion('pipeline', null, { header: { alg: 'none' } }),
    'another key': assertion('pipeline', newKey('x')),
    'another audience': assertion('pipeline', programKey, { claims: { aud: 'https://elsewhere.example' } }),
    'another issuer': assertion('pipeline', programKey, { claims: { iss: 'demo-researcher' } }),
    'no id': assertion('pipeline', programKey, { claims: { jti: undefined } }),
    'no time of issue': assertion('pipeline', programKey, { claims: { iat: undefined } }),
    'an expiry long past': assertion('pipeline', programKey, { claims: { exp: seconds() - 600 } }),
    'a life of an hour': assertion('pipeline', programKey, { claims: { exp: seconds() + 3600 } }),
  };
  for (const [name, request] of Object.entries(bad)) {
    const answer = await requestToken(url, request);
    assert.deepEqual([answer.status, answer.body.error], [401, 'invalid_client'], name);
  }
  assert.equal((await requestToken(url, assertion('pipeline', programKey))).status, 200);
});

test('with a proof the token is bound to its key, and a proof works once', async (t) => {
  const { url } = await start(t);
  const key = newKey('holder');
  const dpop = proof(key, '/token');
  const first = await requestToken(url, { authorization, dpop });
  assert.deepEqual([first.status, first.body.token_type], [200, 'DPoP']);
  assert.equal(decode(first.body.access_token).payload.cnf.jkt, thumbprint(key));

  const replayed = await requestToken(url, { authorization, dpop });
  assert.deepEqual([replayed.status, replayed.body.error], [400, 'invalid_grant']);
  for (const [name, again] of Object.entries({
    'another method': proof(key, '/token', { htm: 'GET' }),
    'another address': proof(key, '/request'),
    'too old': proof(key, '/token', { iat: seconds() - 3600 }),
    'no id': proof(key, '/token', { jti: undefined }),
  })) {
    const answer = await requestToken(url, { authorization, dpop: again });
    assert.deepEqual([answer.status, answer.body.error], [400, 'invalid_dpop_proof'], name);
  }
});

test('a confidential client that signs people in is held to FAPI 2.0', async (t) => {
  const redirect = 'https://app.example/callback';
  const app = { ...pipeline, client_id: 'app', grant_types: ['authorization_code'], response_types: ['code'], redirect_uris: [redirect], require_pushed_authorization_requests: true };
  const { url } = await start(t, { clients: { app } });
  const asks = { client_id: 'app', response_type: 'code', redirect_uri: redirect, scope: 'openid', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' };
  const pushed = await post(url, '/request', { ...asks, ...assertion('app', programKey) });
  assert.equal(pushed.status, 201, JSON.stringify(pushed.body));

  // The control above is good; each of these differs from it in one thing.
  const open = await fetch(`${url}/auth?${new URLSearchParams(asks)}`, { redirect: 'manual' });
  assert.match(open.headers.get('location') ?? '', /error=invalid_request/, 'not pushed');
  const plain = await post(url, '/request', { ...asks, code_challenge_method: 'plain', ...assertion('app', programKey) });
  assert.deepEqual([plain.status, plain.body.error], [400, 'invalid_request'], 'not S256');
  const bare = await post(url, '/request', { ...asks, code_challenge: '', code_challenge_method: '', ...assertion('app', programKey) });
  assert.deepEqual([bare.status, bare.body.error], [400, 'invalid_request'], 'no PKCE');
  const elsewhere = await post(url, '/request', { ...asks, redirect_uri: 'https://elsewhere.example/', ...assertion('app', programKey) });
  assert.equal(elsewhere.status, 400, 'an address that is not registered');
  const aimed = await post(url, '/request', { ...asks, ...assertion('app', programKey, { claims: { aud: `${issuer}/token` } }) });
  assert.deepEqual([aimed.status, aimed.body.error], [401, 'invalid_client'], 'an assertion for the endpoint instead of the issuer');
});
