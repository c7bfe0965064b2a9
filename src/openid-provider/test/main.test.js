import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { configurationFor, newKey, secret } from './fixture.js';

const main = fileURLToPath(new URL('../src/main.js', import.meta.url));
let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openid-provider-'));
});
after(() => rm(folder, { recursive: true }));

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  await new Promise((resolve) => { probe.close(resolve); });
  return port;
}

async function run(configuration, mode = 0o600) {
  const path = join(folder, `${crypto.randomUUID()}.json`);
  await writeFile(path, typeof configuration === 'string' ? configuration : JSON.stringify(configuration));
  await chmod(path, mode);
  const child = spawn(process.execPath, [main, path], { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (data) => { output += data; });
  child.stderr.on('data', (data) => { errors += data; });
  const exit = once(child, 'exit').then(([code]) => code);
  return {
    child, exit, output: () => output, errors: () => errors,
  };
}

async function untilListening({ child, exit, output, errors }) {
  const ended = exit.then((code) => { throw new Error(`exited with ${code}: ${errors()}`); });
  while (!output().includes('listening ')) {
    await Promise.race([once(child.stdout, 'data'), ended]);
  }
}

test('it listens, then ends when its parent lets go of stdin', async () => {
  const port = await freePort();
  const running = await run(configurationFor(port));
  await untilListening(running);
  assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
  running.child.stdin.end();
  assert.equal(await running.exit, 0);
  assert.doesNotMatch(running.errors() + running.output(), /development|default .* called/, 'the library warns of what is left at its defaults');
});

test('it ends on SIGTERM', async () => {
  const running = await run(configurationFor(await freePort()));
  await untilListening(running);
  running.child.kill('SIGTERM');
  assert.equal(await running.exit, 0);
});

test('a taken port is told, and the exit code is 1', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const running = await run(configurationFor(taken.address().port));
  assert.equal(await running.exit, 1);
  assert.match(running.errors(), /EADDRINUSE/);
  taken.close();
});

test('a file others may read is refused', { skip: process.platform === 'win32' && 'no file modes' }, async () => {
  const running = await run(configurationFor(await freePort()), 0o640);
  assert.equal(await running.exit, 2);
  assert.match(running.errors(), /readable by others/);
});

const { d: _, ...publicKey } = newKey('p');
const wrong = [
  ['text that is not JSON', `{"issuer": "${secret}`, /is not JSON/],
  ['no issuer', { issuer: undefined }, /^error: issuer /m],
  ['a port out of range', { port: 70000 }, /^error: port /m],
  ['no keys', { jwks: { keys: [] } }, /^error: jwks /m],
  ['a public key where a private one is due', { jwks: { keys: [publicKey] } }, /^error: jwks /m],
  ['a short secret', { clients: [{ client_id: 'a', client_secret: 'short' }] }, /^error: clients /m],
  ['a client with neither secret nor key', { clients: [{ client_id: 'a' }] }, /^error: clients /m],
  ['tokens that live for a day', { accessTokenSeconds: 86400 }, /^error: accessTokenSeconds /m],
  ['a scope of two words', { scope: 'portal admin' }, /^error: scope /m],
];
for (const [name, change, message] of wrong) {
  test(`${name}: exit code 2, and no secret in the message`, async () => {
    const running = await run(typeof change === 'string' ? change : configurationFor(1, change));
    assert.equal(await running.exit, 2);
    assert.match(running.errors(), message);
    assert.ok(!running.errors().includes(secret));
  });
}
