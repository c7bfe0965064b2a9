import process from 'node:process';

import { readConfiguration } from './configuration.js';
import { listen } from './server.js';

// Exit codes: 0 asked to stop, 1 could not listen or the portal does not answer, 2 the configuration is not usable.
const path = process.argv[2];
if (!path) {
  fail(2, 'usage: node src/main.js CONFIGURATION.json');
}

let configuration;
try {
  configuration = await readConfiguration(path);
} catch (error) {
  fail(2, error.message);
}

let server;
try {
  server = await listen(configuration);
} catch (error) {
  fail(1, `cannot serve on ${configuration.address}:${configuration.port}: ${error.error_detail ?? error.message}`);
}

let stopping = false;
function stop() {
  if (stopping) return;
  stopping = true;
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  setTimeout(() => process.exit(0), 2000).unref();
}

// The portal holds the other end of stdin. However it dies, even by kill -9, the pipe closes, and no orphan keeps the port.
process.stdin.on('end', stop).on('close', stop).on('error', stop).resume();
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
// Last, so that whoever reads this can rely on all of the above.
console.log(`listening ${configuration.issuer}`);

function fail(code, message) {
  console.error(`error: ${message}`);
  process.exit(code);
}
