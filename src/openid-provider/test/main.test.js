import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { secret, startPortal, storageKey } from '../testing/fixture.js';

const main = fileURLToPath(new URL('../src/main.js', import.meta.url));
let folder;
let portal;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openid-provider-'));
  portal = await startPortal();
});
after(async () => {
  await portal.close();
  await rm(folder, { recursive: true });
});

const configurationWith = (changes = {}) => ({
  issuer: 'http://localhost:5081', port: 0, storage: { port: portal.port, key: storageKey }, clients: [{ client_id: 'demo-researcher', client_secret: secret }], ...changes,
});

async function run(t, configuration, mode = 0o600) {
  const path = join(folder, `${crypto.randomUUID()}.json`);
  await writeFile(path, typeof configuration === 'string' ? configuration : JSON.stringify(configuration));
  await chmod(path, mode);
  const child = spawn(process.execPath, [main, path], { stdio: ['pipe', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  let output = '';
  let errors = '';
  child.stdout.on('data', (data) => { output += data; });
  child.stderr.on('data', (data) => { errors += data; });
  const exit = once(child, 'close').then(([code]) => code);
  return {
    child, exit, output: () => output, errors: () => errors,
  };
}

async function untilListening({ child, exit, output, errors }) {
  const ended = exit.then((code) => { throw new Error(`exited with ${code}: ${errors()}`); });
  while (!output().includes('listening ')) await Promise.race([once(child.stdout, 'data'), ended]);
}

test('it listens, then ends when its parent lets go of stdin', async (t) => {
  const running = await run(t, configurationWith());
  await untilListening(running);
  running.child.stdin.end();
  assert.equal(await running.exit, 0);
  assert.doesNotMatch(running.errors() + running.output(), /development|default .* called/, 'the library warns of what is left at its defaults');
});

test('it ends on SIGTERM', async (t) => {
  const running = await run(t, configurationWith());
  await untilListening(running);
  running.child.kill('SIGTERM');
  assert.equal(await running.exit, 0);
});

test('a taken port is told, and the exit code is 1', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  t.after(() => taken.close());
  await once(taken, 'listening');
  const running = await run(t, configurationWith({ port: taken.address().port }));
  assert.equal(await running.exit, 1);
  assert.match(running.errors(), /EADDRINUSE/);
});

test('a file others may read is refused', { skip: process.platform === 'win32' && 'no file modes' }, async (t) => {
  const running = await run(t, configurationWith(), 0o640);
  assert.equal(await running.exit, 2);
  assert.match(running.errors(), /readable by others/);
});

test('a configuration that is not usable: exit code 2, and no secret in the message', async (t) => {
  const running = await run(t, `{"issuer": "${secret}`);
  assert.equal(await running.exit, 2);
  assert.match(running.errors(), /is not JSON/);
  assert.ok(!running.errors().includes(secret));
});
