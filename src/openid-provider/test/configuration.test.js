import assert from 'node:assert/strict';
import { test } from 'node:test';

import { checkConfiguration } from '../src/configuration.js';
import { secret, storageKey } from '../testing/fixture.js';

const good = { issuer: 'http://localhost:5081', port: 5081, storage: { port: 5082, key: storageKey }, clients: [{ client_id: 'demo-researcher', client_secret: secret }] };

test('what is configured is taken, on loopback unless said otherwise, and nothing else is', () => {
  assert.deepEqual(checkConfiguration({ ...good, surprise: 1 }), { ...good, address: '127.0.0.1' });
  assert.equal(checkConfiguration({ ...good, storage: { socket: '/run/s', port: null, key: storageKey } }).storage.socket, '/run/s');
});

const wrong = [
  ['no issuer', { issuer: undefined }, /^issuer /],
  ['an issuer with a slash at its end', { issuer: 'http://localhost:5081/' }, /^issuer /],
  ['a port out of range', { port: 70000 }, /^port /],
  ['no storage', { storage: undefined }, /^storage /],
  ['two ways to the storage', { storage: { socket: '/a', port: 1, key: storageKey } }, /^storage /],
  ['a short key to the storage', { storage: { port: 1, key: 'short' } }, /^storage /],
  ['a short secret', { clients: [{ client_id: 'a', client_secret: 'short' }] }, /^clients /],
  ['a client without a secret', { clients: [{ client_id: 'a' }] }, /^clients /],
];
for (const [name, change, message] of wrong) {
  test(`${name} is told by the member's name, and no secret with it`, () => {
    assert.throws(() => checkConfiguration({ ...good, ...change }), (error) => message.test(error.message) && !error.message.includes(secret) && !error.message.includes(storageKey));
  });
}
