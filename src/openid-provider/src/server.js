import { createServer } from 'node:http';

import { createProvider } from './provider.js';

const loopback = '127.0.0.1';

/** Starts the provider on the loopback interface alone; resolves to the listening server. */
export async function listen(configuration) {
  const handle = createProvider(configuration).callback();
  const server = createServer((request, response) => {
    if (request.url === '/healthz') {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end('{"status":"ok"}');
      return;
    }
    handle(request, response);
  });
  server.requestTimeout = 10_000;
  await new Promise((resolve, reject) => {
    server.once('error', reject).listen(configuration.port, loopback, resolve);
  });
  return server;
}
