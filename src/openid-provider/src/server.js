import { createServer } from 'node:http';

import { createPortal } from './portal.js';
import { createProvider } from './provider.js';

const pollEvery = 2_000;
const startWithin = 20_000;

/** Starts the provider; resolves to the listening server. Settings and keys come from the portal, and are asked for again every few seconds. */
export async function listen(configuration, { every = pollEvery, within = startWithin } = {}) {
  const portal = createPortal(configuration.storage);
  let { version, settings } = await firstSettings(portal, within);
  // A provider of the library's cannot change its keys. A new one takes its place; requests that are under way end with the old one.
  let handle = createProvider(configuration, settings, portal).callback();

  const poll = setInterval(async () => {
    try {
      const news = await portal.ask('settings', { version });
      if (news) {
        handle = createProvider(configuration, news.settings, portal).callback();
        ({ version, settings } = news);
      }
    } catch (error) {
      console.error(`settings not read: ${error.error_detail ?? error.message}`);
    }
  }, every);
  poll.unref();

  const issuer = new URL(configuration.issuer);
  const prefix = issuer.pathname.replace(/\/$/, '');
  const server = createServer((request, response) => {
    if (request.url === '/healthz') {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end('{"status":"ok"}');
      return;
    }
    // The library builds addresses from these headers; callers must not choose them, or they would choose where others are sent.
    request.headers.host = issuer.host;
    request.headers['x-forwarded-proto'] = issuer.protocol.slice(0, -1);
    delete request.headers['x-forwarded-host'];
    delete request.headers['x-forwarded-for'];
    if (prefix) {
      if (!request.url.startsWith(`${prefix}/`)) {
        response.writeHead(404).end();
        return;
      }
      request.url = request.url.slice(prefix.length);
      request.baseUrl = prefix;
    }
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    response.setHeader('x-frame-options', 'DENY');
    if (issuer.protocol === 'https:') response.setHeader('strict-transport-security', 'max-age=31536000; includeSubDomains');
    handle(request, response);
  });
  server.requestTimeout = 10_000;
  server.on('close', () => {
    clearInterval(poll);
    portal.close();
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject).listen(configuration.port, configuration.address, resolve);
  });
  return server;
}

async function firstSettings(portal, within) {
  const until = Date.now() + within;
  while (true) {
    try {
      return await portal.ask('settings', {});
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => { setTimeout(resolve, 250); });
    }
  }
}
