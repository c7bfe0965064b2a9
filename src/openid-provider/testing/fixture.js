import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:http';

import { checkConfiguration } from '../src/configuration.js';
import { listen } from '../src/server.js';

export const secret = 'k2oPW7s0fU1m3Yq8RrZ5tNc9vXb6JdGh';
export const storageKey = 'a-key-of-32-bytes-as-the-portal-makes-one-0';
export const issuer = 'http://login.example';
export const portalUrl = 'https://portal.example';

export function newKey(kid) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), kid };
}

export function publicOf({ d, ...jwk }) {
  return jwk;
}

export function settingsWith(changes = {}) {
  return {
    resource: 'urn:dataportal',
    scope: 'portal',
    portal: portalUrl,
    acrValues: ['weak', 'strong'],
    accessTokenSeconds: 600,
    sessionSeconds: 3600,
    commandLineSeconds: 1800,
    keys: [{ ...newKey('first'), alg: 'ES256', use: 'sig' }],
    cookieKeys: ['a-cookie-key-for-tests'],
    ...changes,
  };
}

/**
 * The portal's internal interface, as far as Node's own behaviour can be seen through it: it keeps what it is given and lets a thing be used once. What the
 * real one promises of many requests at once is shown where it is made, on real databases.
 */
export async function startPortal({ settings = settingsWith(), clients = {}, accounts = {} } = {}) {
  const records = new Map();
  const portal = {
    settings, version: 1, clients, accounts, tickets: {}, asked: [], status: undefined, silent: false, records,
  };
  const refused = (code) => ({ status: 409, body: { code } });
  const nothing = { status: 204 };
  const operations = {
    settings: ({ version }) => (version === String(portal.version) ? nothing : { body: { version: String(portal.version), settings: portal.settings } }),
    client: ({ id }) => ({ body: { metadata: portal.clients[id] ?? null } }),
    account: ({ id }) => ({ body: { claims: portal.accounts[id] ?? null } }),
    ticket: ({ text }) => {
      const decision = portal.tickets[text] ?? null;
      delete portal.tickets[text];
      return { body: { decision } };
    },
    upsert: ({ model, id, payload }) => {
      if (model === 'ReplayDetection' && records.has(`${model}:${id}`)) return refused('conflict');
      records.set(`${model}:${id}`, payload);
      return nothing;
    },
    find: ({ model, id }) => ({ body: { payload: records.get(`${model}:${id}`) ?? null } }),
    'find-by-uid': ({ model, id }) => ({ body: { payload: [...records].find(([key, p]) => key.startsWith(`${model}:`) && p.uid === id)?.[1] ?? null } }),
    'find-by-user-code': ({ model, id }) => ({ body: { payload: [...records].find(([key, p]) => key.startsWith(`${model}:`) && p.userCode === id)?.[1] ?? null } }),
    consume: ({ model, id }) => {
      const payload = records.get(`${model}:${id}`);
      if (payload === undefined || payload.consumed) return refused('consumed');
      payload.consumed = Math.floor(Date.now() / 1000);
      return nothing;
    },
    destroy: ({ model, id }) => (records.delete(`${model}:${id}`) || model !== 'Interaction' ? nothing : refused('consumed')),
    'revoke-grant': ({ id }) => {
      for (const [key, payload] of records) if (key === `Grant:${id}` || payload.grantId === id) records.delete(key);
      return nothing;
    },
  };

  const server = createServer(async (request, response) => {
    const operation = request.url.replace('/internal/openid/', '');
    const parts = [];
    for await (const part of request) parts.push(part);
    portal.asked.push(operation);
    if (portal.silent) return; // takes the question and never answers
    const answer = request.headers.authorization !== `Bearer ${storageKey}` ? { status: 401 }
      : portal.status ? { status: portal.status }
        : operations[operation]?.(JSON.parse(Buffer.concat(parts))) ?? { status: 404 };
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' }).end(answer.body && JSON.stringify(answer.body));
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  portal.port = server.address().port;
  portal.close = () => closed(server);
  return portal;
}

/** A running provider on a free port, in front of such a portal; both end with the test. */
export async function start(t, { configuration = {}, every = 60_000, ...portalWith } = {}) {
  const portal = await startPortal(portalWith);
  t.after(() => portal.close());
  const checked = checkConfiguration({
    issuer, port: 0, storage: { port: portal.port, key: storageKey }, clients: [{ client_id: 'demo-researcher', client_secret: secret }], ...configuration,
  });
  const server = await listen(checked, { every });
  t.after(() => closed(server));
  const { port } = server.address();
  return { portal, url: `http://127.0.0.1:${port}` };
}

function closed(server) {
  return new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
}

export function basic(id, password) {
  return `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(password)}`).toString('base64')}`;
}

export async function post(url, path, form, headers = {}) {
  const response = await fetch(url + path, { method: 'POST', headers, body: new URLSearchParams(form), redirect: 'manual' });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text, headers: response.headers };
}

export function requestToken(url, { authorization, dpop, ...parameters } = {}) {
  return post(url, '/token', { grant_type: 'client_credentials', ...parameters }, { ...(authorization && { authorization }), ...(dpop && { dpop }) });
}

export function decode(jwt) {
  const [header, payload] = jwt.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')));
  return { header, payload };
}

export function signJwt(header, payload, key) {
  const text = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = key ? sign('sha256', Buffer.from(text), { key, format: 'jwk', dsaEncoding: 'ieee-p1363' }).toString('base64url') : '';
  return `${text}.${signature}`;
}

export const seconds = () => Math.floor(Date.now() / 1000);

/** How a program with a key proves who it is. */
export function assertion(id, key, { header = {}, claims = {} } = {}) {
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: signJwt({ alg: 'ES256', ...header }, {
      iss: id, sub: id, aud: issuer, iat: seconds(), exp: seconds() + 60, jti: randomUUID(), ...claims,
    }, key),
  };
}

export function proof(key, path, claims = {}) {
  return signJwt({ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty: key.kty, crv: key.crv, x: key.x, y: key.y } }, {
    htm: 'POST', htu: issuer + path, iat: seconds(), jti: randomUUID(), ...claims,
  }, key);
}

export function thumbprint({ crv, kty, x, y }) {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}

/** Keeps cookies with their paths, and follows nothing by itself; addresses below the issuer lead to the provider's port. */
export class Browser {
  cookies = [];

  constructor(url) {
    this.url = url;
  }

  async get(address) {
    const target = new URL(address, issuer);
    const response = await fetch(this.url + target.pathname + target.search, {
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        cookie: this.cookies.filter(({ path }) => target.pathname === path || target.pathname.startsWith(path.endsWith('/') ? path : `${path}/`)).map(({ pair }) => pair).join('; '),
      },
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair, ...attributes] = line.split(/;\s*/);
      const path = attributes.find((a) => a.toLowerCase().startsWith('path='))?.slice(5) ?? '/';
      const [name] = pair.split('=');
      this.cookies = this.cookies.filter((c) => c.path !== path || !c.pair.startsWith(`${name}=`));
      if (!/expires=Thu, 01 Jan 1970/i.test(line)) this.cookies.push({ pair, path });
    }
    return { status: response.status, location: response.headers.get('location'), headers: response.headers, text: await response.text() };
  }
}
