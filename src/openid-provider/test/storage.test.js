import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createStorage } from '../src/storage.js';

test('whatever asks to be stored is refused by name', async () => {
  const { adapter } = createStorage();
  for (const name of ['Session', 'Grant', 'RefreshToken', 'AuthorizationCode', 'DeviceCode', 'Interaction', 'AccessToken']) {
    await assert.rejects(adapter(name).upsert('id', {}, 60), new RegExp(`no storage, and ${name} needs one`));
    assert.equal(await adapter(name).find('id'), undefined);
  }
});

test('a used assertion is forgotten when it could no longer be used anyway', async () => {
  let time = 1000;
  const used = createStorage({ now: () => time }).adapter('ReplayDetection');
  await used.upsert('a', {}, 60);
  assert.ok(await used.find('a'));
  await assert.rejects(used.upsert('a', {}, 60), { error: 'invalid_client' });
  time += 60;
  assert.equal(await used.find('a'), undefined);
  await used.upsert('a', {}, 60);
});
